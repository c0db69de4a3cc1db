/** Shortening of texts for models that take only so much: the beginning stays, and the cut is at a line's end if it can be. */

/** The first `maxCharacters` UTF-16 units or fewer; never half of a character. */
export function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const lineEnd = text.lastIndexOf('\n', maxCharacters);
  // A line that takes more than a quarter is cut inside.
  const end = lineEnd > maxCharacters * 0.75 ? lineEnd : maxCharacters;
  const splitsPair = /[\ud800-\udbff]/.test(text[end - 1]!);
  return text.slice(0, splitsPair ? end - 1 : end);
}

export function halve(text: string): string {
  return cutText(text, text.length >> 1);
}
