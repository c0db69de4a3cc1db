/** Numbers of any size from zero up, seven bits to a byte, the lowest first; what the packed lists of the store are made of. */

export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Of any number that counts chunks, lines or occurrences. */
export const MOST_VARINT_BYTES = 8;

/** Where the next number goes. */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= 128) {
    bytes[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

/** Moves `at` past the number. */
export function readVarint(packed: Uint8Array, at: { byte: number }): number {
  let value = 0;
  for (let scale = 1, byte = 128; byte >= 128; scale *= 128) {
    byte = packed[at.byte++]!;
    value += (byte & 127) * scale;
  }
  return value;
}
