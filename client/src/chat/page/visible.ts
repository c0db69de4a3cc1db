/**
 * Text to HTML that shows what is there. Every character of an answer or a file reaches the page through `escapeText`,
 * which makes markup harmless and makes invisible characters visible: those that reorder text, take no room, or spell a
 * hidden message could make an answer read otherwise than it is.
 */
import { showHidden } from '../../../../server/src/base/text.js';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeText(text: string): string {
  return showHidden(escapeMarkup(text), (name) => `<span class="hidden-character">${name}</span>`);
}

/** The same for places that take no elements, such as a tooltip or a label. */
export function plainText(text: string): string {
  return showHidden(text);
}

export function escapeAttribute(text: string): string {
  return escapeMarkup(plainText(text));
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (found) => entities[found]!);
}
