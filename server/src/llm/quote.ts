/**
 * What a server says about a failure, made fit for a message: short, visible, and silent when it gives something away.
 *
 * Servers repeat what they were sent: keys in 401s, prompts in complaints about prompts. A message ends in logs and
 * screenshots, so a note that shares a stretch with the key or the prompt is dropped whole rather than patched.
 */
import { t } from '../base/l10n.js';
import { showHidden } from '../base/text.js';

const MAX_NOTE_LETTERS = 200;
/** More than is shown: what the cut leaves of a repeated key or prompt must still be recognised as one. */
const MAX_READ_LETTERS = 1000;
const SHARED_KEY_LETTERS = 6;
const SHARED_PROMPT_LETTERS = 20;

/** Turns a server's note into `: it says “…”`, or into nothing. */
export type Quote = (note: string) => string;

/** `sent` is what a note must not give away, besides the key. */
export function quoteWithout(sent: readonly string[], apiKey: string): Quote {
  const prompt = plain(sent.join(' '));
  const contents = sent.map((text) => plain(text).trim()).filter((content) => content.length > 3);
  return (note) => {
    const line = note.slice(0, MAX_READ_LETTERS).replace(/\s+/g, ' ').trim();
    const letters = plain(line);
    if (!line || line.startsWith('<')) return '';
    if (sharesStretch(line, apiKey, Math.min(SHARED_KEY_LETTERS, apiKey.length))) return '';
    if (sharesStretch(letters, prompt, SHARED_PROMPT_LETTERS)) return '';
    if (contents.some((content) => content.length < SHARED_PROMPT_LETTERS && letters.includes(content))) return '';
    const shown = showHidden(line);
    return t(': it says “{0}”', shown.length > MAX_NOTE_LETTERS ? `${shown.slice(0, MAX_NOTE_LETTERS)}…` : shown);
  };
}

/** Letters and digits only, so that escaping and wrapping do not disguise a repetition. */
function plain(text: string): string {
  return text.replace(/\\[nrt]|[^\p{L}\p{N}]+/gu, ' ').toLowerCase();
}

function sharesStretch(note: string, secret: string, length: number): boolean {
  if (length === 0) return false;
  for (let from = 0; from + length <= note.length; from++) {
    if (secret.includes(note.slice(from, from + length))) return true;
  }
  return false;
}
