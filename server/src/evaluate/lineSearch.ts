/** Lines that hold any of some texts, letter case aside: by ripgrep, or where there is none by reading every file. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeText } from '../base/text.js';

export interface MatchedLine {
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}

/** In no particular order but for that of the lines of a file. */
export type LineSearch = (texts: readonly string[]) => Promise<MatchedLine[]>;

const MAX_OUTPUT = 2 ** 30;

/** Of these files only, by paths relative to `root`. */
export function openLineSearch(root: string, files: readonly string[]): LineSearch {
  return spawnSync('rg', ['--version']).status === 0 ? ripgrep(root, files) : readEach(root, files);
}

function ripgrep(root: string, files: readonly string[]): LineSearch {
  const run = promisify(execFile);
  const known = new Set(files);
  const options = [
    '--no-config',
    '--no-messages',
    '--no-ignore',
    '--hidden',
    '--glob=!.git',
    '--text',
    '-iFn',
    '--null',
  ];
  return async (texts) => {
    if (texts.length === 0) return [];
    const { stdout } = await run('rg', [...options, ...texts.map((text) => `--regexp=${text}`), '--', '.'], {
      cwd: root,
      maxBuffer: MAX_OUTPUT,
    }).catch((error) => {
      // Nothing was found.
      if (error.code === 1) return { stdout: '' };
      throw error;
    });
    return stdout.split('\n').flatMap((row) => {
      const [name = '', rest = ''] = row.split('\0', 2);
      const path = name.replace(/^\.[\\/]/, '').replaceAll('\\', '/');
      const colon = rest.indexOf(':');
      return known.has(path) ? [{ path, line: Number(rest.slice(0, colon)), text: rest.slice(colon + 1) }] : [];
    });
  };
}

export function readEach(root: string, files: readonly string[]): LineSearch {
  return async (texts) => {
    const wanted = texts.map((text) => text.toLowerCase());
    return files.flatMap((path) => {
      const text = decodeText(readFileSync(join(root, path)))?.text ?? '';
      const lines = text.split('\n').map((line, i) => ({ path, line: i + 1, text: line }));
      return lines.filter((line) => wanted.some((one) => line.text.toLowerCase().includes(one)));
    });
  };
}
