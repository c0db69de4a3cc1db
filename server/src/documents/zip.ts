/**
 * What a zip archive unpacks to, found out before anybody unpacks it.
 *
 * A small archive can hold terabytes. Its directory says how much, but may lie; so each part is unpacked once into a
 * buffer of the size it claims and thrown away, and one that wants more is found out.
 */

import { inflateRawSync } from 'node:zlib';
import { kept } from '../base/l10n.js';
import { Unreadable } from './unreadable.js';

const DIRECTORY_END = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** The end of the directory may be followed by a comment of this length. */
const MAX_COMMENT = 65_535;
const MAX_PARTS = 10_000;
const MAX_UNPACKED = 200_000_000;
/** A part of text, which becomes objects of many times its size. */
const MAX_TEXT_PART = 50_000_000;
const TEXT_PART = /\.(xml|rels)$/i;

/** Throws `Unreadable` for what is no zip archive, is cut off, encrypted, or unpacks to more than it should. */
export function checkZip(bytes: Uint8Array): void {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    check(archive);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Unreadable(kept('it is broken: its directory points outside of it'));
  }
}

function check(archive: Buffer): void {
  const end = directoryEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > MAX_PARTS) throw new Unreadable(kept('it has more than {0} parts', MAX_PARTS));
  let at = archive.readUInt32LE(end + 16);
  let total = 0;
  for (let part = 0; part < count; part++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Unreadable(kept('it is broken: its directory is damaged'));
    if (archive.readUInt16LE(at + 8) & 1) throw new Unreadable(kept('it is encrypted'));
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const size = archive.readUInt32LE(at + 24);
    total += size;
    if (total > MAX_UNPACKED || (TEXT_PART.test(name) && size > MAX_TEXT_PART))
      throw new Unreadable(kept('it unpacks to far more than a document should'));
    unpack(archive, at, size);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

function directoryEnd(archive: Buffer): number {
  for (let at = archive.length - 22; at >= Math.max(0, archive.length - 22 - MAX_COMMENT); at--)
    if (archive.readUInt32LE(at) === DIRECTORY_END) return at;
  throw new Unreadable(kept('it is broken or not a Word document: it has no zip directory'));
}

function unpack(archive: Buffer, entry: number, size: number): void {
  const method = archive.readUInt16LE(entry + 10);
  const packed = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  if (archive.readUInt32LE(header) !== LOCAL_HEADER)
    throw new Unreadable(kept('it is broken: a part is not where it should be'));
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  if (start + packed > archive.length) throw new Unreadable(kept('it is cut off'));
  if (method === STORED && packed === size) return;
  if (method !== DEFLATED) throw new Unreadable(kept('it is packed in an unknown way'));
  try {
    inflateRawSync(archive.subarray(start, start + packed), { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new Unreadable(kept('it is broken: a part does not unpack to what the directory says'));
  }
}
