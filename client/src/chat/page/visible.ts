/**
 * Text to HTML that shows what is there. Every character of an answer or a file reaches the page through `escapeText`,
 * which makes markup harmless and makes invisible characters visible: those that reorder text, take no room, or spell a
 * hidden message could make an answer read otherwise than it is.
 */

/**
 * Controls, format characters (bidirectional marks, zero-width characters, tags) and others that take no room. Tabs and
 * line ends are seen by what they do, and a variation selector right after an emoji only chooses its look.
 */
const hidden =
  /(?![\t\n\r])(?!(?<=\p{Emoji})[\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

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
