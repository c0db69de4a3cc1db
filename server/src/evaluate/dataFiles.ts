/** Files of evaluation data: JSON, and JSON Lines that may be gzipped. What they lack is a `usage` error that names the file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EngineError } from '../base/errors.js';

export function readJson<T>(path: string): T {
  return parse(read(path), path);
}

export function readLines<T>(path: string): T[] {
  return read(path)
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parse<T>(line, `line ${i + 1} of ${path}`)]));
}

/** Files of a folder with this ending, in name order. */
export function filesEnding(folder: string, ending: string): string[] {
  if (!existsSync(folder)) throw missing(folder);
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function read(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw missing(path);
  }
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function parse<T>(text: string, where: string): T {
  try {
    return JSON.parse(text);
  } catch {
    throw new EngineError('usage', `${where} is not JSON`);
  }
}

function missing(path: string): EngineError {
  return new EngineError('usage', `There is no ${path}: --data names the folder of the evaluation data`);
}
