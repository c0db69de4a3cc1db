/**
 * Text to HTML that shows what is there. Every character of an answer or a file reaches the page through `escapeText`,
 * which makes markup harmless and makes invisible characters visible: those that reorder text, take no room, or spell a
 * hidden message could make an answer read otherwise than it is.
 */

/** Controls, soft hyphen, bidirectional marks, zero-width characters, fillers, tags and extra variation selectors. */
const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** A zero-width joiner belongs to an emoji such as a family, and is what keeps it one. */
const insideEmoji = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/u;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeText(text: string): string {
  return escapeMarkup(text).replace(hidden, (found, offset: number, whole: string) => {
    if (found === '\u200d' && insideEmoji.test(whole.slice(Math.max(0, offset - 4), offset + 3))) return found;
    return `<span class="hidden-character">⟨${nameOf(found)}⟩</span>`;
  });
}

/** The same for places that take no elements, such as a tooltip or a label. */
export function plainText(text: string): string {
  return text.replace(hidden, (found) => `⟨${nameOf(found)}⟩`);
}

export function escapeAttribute(text: string): string {
  return escapeMarkup(plainText(text));
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (found) => entities[found]!);
}

function nameOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
