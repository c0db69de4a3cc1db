/** A traced message without the keys in it. Pure. */

const KEY = /("key"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

export function withoutKey(message: string): string {
  return message.replace(KEY, '$1"•••"');
}
