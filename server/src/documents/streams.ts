/**
 * What the streams of a PDF unpack to, found out before they are read: a file of kilobytes can hold gigabytes, and the
 * library unpacks a stream whole.
 *
 * Streams are found by their keyword and not by the file's tables, which may lie. One that is encrypted or packed by a
 * rarer method is not seen into; for it there is the deadline.
 */

import { inflateSync } from 'node:zlib';
import { kept } from '../base/l10n.js';
import { Unreadable } from './unreadable.js';

/** Bytes. A poster scanned without loss comes near it, page descriptions never. */
const MAX_STREAM = 300_000_000;
/** Streams may be packed several times over. */
const MAX_LAYERS = 4;

/** Throws `Unreadable` when a stream unpacks to more than a document should hold. */
export function checkStreams(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = file.indexOf('stream'); at >= 0; at = file.indexOf('stream', at + 1)) {
    let start = at + 'stream'.length;
    while (file[start] === 13 || file[start] === 10) start++;
    unpack(file.subarray(start), MAX_LAYERS);
  }
}

function unpack(packed: Buffer, layers: number): void {
  if (layers === 0 || !isDeflated(packed)) return;
  let unpacked: Buffer;
  try {
    unpacked = inflateSync(packed, { maxOutputLength: MAX_STREAM });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return;
    throw new Unreadable(kept('it unpacks to far more than a document should'));
  }
  unpack(unpacked, layers - 1);
}

/** By the two bytes that such data begins with (RFC 1950). */
function isDeflated(bytes: Buffer): boolean {
  return bytes.length > 2 && (bytes[0]! & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
