/**
 * A saved graph: the library's file, and beside it one that says what it must be.
 *
 * The library tells of no failure to write, takes a file of other dimensions for its own, and follows an altered edge
 * out of its memory. So the written file is judged by its own shape before it takes its name, and a file is given to the
 * library only if its length and SHA-256 are those that were written down. A kill between the two renames leaves a pair
 * that does not fit, which is no graph.
 */

import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphMark } from '../base/embedding.js';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { EDGES, type Hnsw, type HnswLibrary, readHnsw } from './hnsw.js';

const FORMAT = 1;
const GRAPH = 'graph.hnsw';
const SIDECAR = 'graph.json';

/** What stands beside the graph, as one line of JSON under a seal. */
interface Sidecar extends Omit<GraphMark, 'count' | 'deleted'> {
  format: typeof FORMAT;
  bytes: number;
  sha256: string;
  /** The number at each label; GONE where the entry is deleted. */
  table: readonly number[];
}

/** What is to be known of a graph besides itself. */
export type GraphFacts = Pick<GraphMark, 'identity' | 'store' | 'through'>;

/** Replaces what is saved in the folder. Throws `graph-failed` where it cannot, and leaves what was there. */
export async function saveGraph(folder: string, hnsw: Hnsw, facts: GraphFacts): Promise<void> {
  const written = [`${GRAPH}.new`, `${SIDECAR}.new`] as const;
  try {
    await inFolder(folder, () => hnsw.write(written[0]));
    await flush(join(folder, written[0]));
    const judged = await judge(join(folder, written[0]), hnsw);
    const sidecar: Sidecar = { format: FORMAT, ...judged, ...facts, table: hnsw.table };
    await writeFile(join(folder, written[1]), sealed(JSON.stringify(sidecar)), { flush: true });
    await rename(join(folder, written[0]), join(folder, GRAPH));
    await rename(join(folder, written[1]), join(folder, SIDECAR));
  } catch (error) {
    for (const name of written) await rm(join(folder, name), { force: true }).catch(() => {});
    throw new EngineError(
      'graph-failed',
      t('The graph over vectors was not saved in {0}: {1}', folder, messageOf(error)),
    );
  }
}

/** The saved graph if it is whole and of this identity and store; null otherwise, whatever is wrong. */
export async function loadGraph(
  folder: string,
  library: HnswLibrary,
  expected: Pick<GraphMark, 'identity' | 'store'>,
): Promise<{ hnsw: Hnsw; through: number } | null> {
  try {
    const sidecar = await readSidecar(folder);
    const { identity, store, through, table, bytes } = sidecar;
    const { dimensions, digest } = expected.identity;
    if (identity.digest !== digest || identity.dimensions !== dimensions || store !== expected.store) return null;
    const judged = await judge(join(folder, GRAPH), { dimensions, table });
    if (judged.bytes !== bytes || judged.sha256 !== sidecar.sha256) return null;
    const hnsw = await inFolder(folder, () => readHnsw(library, dimensions, GRAPH, table));
    return { hnsw, through };
  } catch {
    return null;
  }
}

async function readSidecar(folder: string): Promise<Sidecar> {
  const text = await readFile(join(folder, SIDECAR), 'utf8');
  const [line = ''] = text.split('\n', 1);
  if (text !== sealed(line)) throw new Error('altered');
  const sidecar = JSON.parse(line) as Sidecar;
  if (sidecar.format !== FORMAT) throw new Error('another format');
  return sidecar;
}

/** The library opens files by narrow names, which on Windows cannot hold every folder. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    // Elsewhere again: on Windows nobody could delete the folder.
    process.chdir(before);
  }
}

/** Writes of the library may still be on their way. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

/** The file's length and digest. Throws where it is not a whole graph of this shape. */
async function judge(
  path: string,
  { dimensions, table }: Pick<Hnsw, 'dimensions' | 'table'>,
): Promise<Pick<Sidecar, 'bytes' | 'sha256'>> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    await checkShape(file, size, dimensions, table.length);
    return { bytes: size, sha256: await digestOf(file) };
  } finally {
    await file.close();
  }
}

const HEADER_BYTES = 96;
const COUNT_AT = 16;
const ENTRY_BYTES_AT = 24;

/**
 * A full disk cuts a file short. A whole one is a header, `count` entries of the lowest level, each with its edges,
 * vector and label, and then for each entry the length of its edges on higher levels and these edges.
 */
async function checkShape(file: FileHandle, size: number, dimensions: number, count: number): Promise<void> {
  const header = await read(file, 0, HEADER_BYTES);
  const entryBytes = 4 + 2 * EDGES * 4 + dimensions * 4 + 8;
  const edgesAt = HEADER_BYTES + count * entryBytes;
  if (
    size < edgesAt ||
    header.readBigUInt64LE(COUNT_AT) !== BigInt(count) ||
    header.readBigUInt64LE(ENTRY_BYTES_AT) !== BigInt(entryBytes)
  )
    throw new Error(t('the file is not whole; is the disk full?'));
  const edges = await read(file, edgesAt, size - edgesAt);
  let at = 0;
  let entries = 0;
  for (; entries < count && at + 4 <= edges.length; entries++) at += 4 + edges.readUInt32LE(at);
  if (entries !== count || at !== edges.length) throw new Error(t('the file is not whole; is the disk full?'));
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}

const BLOCK_BYTES = 1 << 20;

async function digestOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** A line, and one of its SHA-256. */
function sealed(line: string): string {
  return `${line}\n${createHash('sha256').update(line).digest('hex')}\n`;
}
