/**
 * A parsed file in the form in which it is stored and searched: text deflated, tokens as posting lists.
 *
 * Made by the thread that parsed it: there are several of those and one writer, and little is left to travel.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { linesOf, sliceLines } from '../base/text.js';
import { type FileTerms, fileTermsOf } from './fileTerms.js';
import type { Chunk, ParsedFile } from './parse.js';
import { packLinks } from './references.js';
import type { StaticModel } from './staticModel.js';
import { type FileVectors, passageOf, quantise } from './vectors.js';

export interface IndexedFile extends Omit<ParsedFile, 'text' | 'chunks' | 'references' | 'imports'> {
  /** Deflated UTF-8, with zlib's checksum. */
  packedText: Uint8Array;
  /** Of the text, as UTF-8. */
  bytes: number;
  chunks: Omit<Chunk, 'fields'>[];
  terms: FileTerms;
  /** References and imports. */
  links: Uint8Array;
  /** One for each chunk; null where they come later, or never. */
  vectors: FileVectors | null;
}

export function indexedFileOf(
  { text, chunks, references, imports, ...file }: ParsedFile,
  vectors: FileVectors | null = null,
): IndexedFile {
  return {
    ...file,
    packedText: deflateSync(text, { level: 6 }),
    bytes: Buffer.byteLength(text),
    chunks: chunks.map(({ fields: _fields, ...chunk }) => chunk),
    terms: fileTermsOf(chunks.map(({ fields }) => fields)),
    links: packLinks({ references, imports }),
    vectors,
  };
}

export function vectorsOf(model: StaticModel, { path, text, chunks }: ParsedFile): FileVectors {
  const lines = linesOf(text);
  const embedded = chunks.map((chunk) => model.embedPassage(passageOf(path, chunk, sliceLines(lines, chunk))));
  return { embedder: model.identity, data: quantise(embedded, model.identity.dimensions) };
}

export function unpackText(packedText: Uint8Array): string {
  return inflateSync(packedText).toString('utf8');
}
