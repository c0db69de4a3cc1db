/**
 * A parsed file in the form in which it is stored and searched: text deflated, tokens as posting lists.
 *
 * Made by the thread that parsed it: there are several of those and one writer, and little is left to travel.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { type FileTerms, fileTermsOf } from './fileTerms.js';
import type { Chunk, ParsedFile } from './parse.js';
import { packLinks } from './references.js';

export interface IndexedFile extends Omit<ParsedFile, 'text' | 'chunks' | 'references' | 'imports'> {
  /** Deflated UTF-8, with zlib's checksum. */
  packedText: Uint8Array;
  /** Of the text, as UTF-8. */
  bytes: number;
  chunks: Omit<Chunk, 'fields'>[];
  terms: FileTerms;
  /** References and imports. */
  links: Uint8Array;
}

export function indexedFileOf({ text, chunks, references, imports, ...file }: ParsedFile): IndexedFile {
  return {
    ...file,
    packedText: deflateSync(text, { level: 6 }),
    bytes: Buffer.byteLength(text),
    chunks: chunks.map(({ fields: _fields, ...chunk }) => chunk),
    terms: fileTermsOf(chunks.map(({ fields }) => fields)),
    links: packLinks({ references, imports }),
  };
}

export function unpackText(packedText: Uint8Array): string {
  return inflateSync(packedText).toString('utf8');
}
