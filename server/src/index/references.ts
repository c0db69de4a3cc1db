/**
 * What a file's code calls, names as types and imports, packed: one short run of bytes for each file. Pure.
 *
 * A row for each reference would make the store half as large again. Nobody asks for one reference: the posting lists
 * say which files hold a name, and those few are unpacked. Names and imports are deflated together, since most of what
 * is imported is also called; each reference then costs three or four bytes.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { pushVarint, readVarint } from './varint.js';

export type ReferenceKind = 'call' | 'type';

export interface Reference {
  name: string;
  kind: ReferenceKind;
  /** It stands behind what it belongs to: a value, a type, a module. */
  isMember: boolean;
  /** 1-based. */
  line: number;
  /** Place of the innermost function, method, class or constant around it among the file's symbols; -1 outside of all. */
  within: number;
}

export interface Import {
  /** The module as the text has it, such as `./cart.js`, `..shop` or `use crate::{a, b};`, on one line. */
  target: string;
  /** The names taken from it as they are defined there; empty when it is taken as a whole. */
  names: string[];
  line: number;
}

export interface Links {
  references: Reference[];
  imports: Import[];
}

/** References must come in order of lines. Names and targets hold no line ends or tabs, and none is empty. */
export function packLinks({ references, imports }: Links): Uint8Array {
  const names = new Map<string, number>();
  for (const { name } of references) if (!names.has(name)) names.set(name, names.size);
  const lists = [
    [...names.keys()].join('\n'),
    ...imports.map(({ target, names, line }) => [line, target, ...names].join('\t')),
  ];
  const words = deflateRawSync(lists.join('\n\n'));
  const length: number[] = [];
  pushVarint(length, words.length);
  const bytes: number[] = [];
  let last = 0;
  for (const { name, kind, isMember, line, within } of references) {
    pushVarint(bytes, line - last);
    pushVarint(bytes, names.get(name)! * 4 + Number(isMember) * 2 + Number(kind === 'type'));
    pushVarint(bytes, within + 1);
    last = line;
  }
  return Buffer.concat([Uint8Array.from(length), words, Uint8Array.from(bytes)]);
}

export function unpackLinks(packed: Uint8Array): Links {
  const { names, imports, at } = unpackWords(packed);
  const references: Reference[] = [];
  let line = 0;
  while (at.byte < packed.length) {
    line += readVarint(packed, at);
    const word = readVarint(packed, at);
    const within = readVarint(packed, at) - 1;
    const kind = word % 2 === 1 ? 'type' : 'call';
    references.push({ name: names[word >> 2]!, kind, isMember: (word & 2) > 0, line, within });
  }
  return { references, imports };
}

/** The names alone, each with whether it stands behind an owner everywhere: half the work where all files are read. */
export function unpackNames(packed: Uint8Array): { names: Map<string, boolean>; imports: Import[] } {
  const { names, imports, at } = unpackWords(packed);
  const isBare = new Uint8Array(names.length);
  while (at.byte < packed.length) {
    readVarint(packed, at);
    const word = readVarint(packed, at);
    readVarint(packed, at);
    if ((word & 2) === 0) isBare[word >> 2] = 1;
  }
  return { names: new Map(names.map((name, i) => [name, isBare[i] === 0])), imports };
}

function unpackWords(packed: Uint8Array): { names: string[]; imports: Import[]; at: { byte: number } } {
  const at = { byte: 0 };
  const length = readVarint(packed, at);
  const words = inflateRawSync(packed.subarray(at.byte, at.byte + length)).toString('utf8');
  at.byte += length;
  const [names, ...imports] = words.split('\n\n');
  return { names: names === '' ? [] : names!.split('\n'), imports: imports.map(importOf), at };
}

function importOf(text: string): Import {
  const [line, target, ...names] = text.split('\t');
  return { target: target!, names, line: Number(line) };
}
