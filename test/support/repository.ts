/** Real git repositories, made by the real git with nobody's settings. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Files } from './engine.js';
import { scratchFolder } from './engine.js';

export interface Repository {
  folder: string;
  git(...args: string[]): string;
  /** Writes the files (null removes one), commits and returns the hash. Commits are a minute apart. */
  commit(subject: string, files: Record<string, string | null>): string;
}

/** 2026-01-01. */
const FIRST = 1_767_225_600;
let minutes = 0;

export function repositoryIn(folder: string): Repository {
  const home = scratchFolder();
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]) => {
    const date = `${FIRST + 60 * minutes} +0000`;
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
      GIT_COMMITTER_DATE: date,
    };
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  };
  if (!existsSync(join(folder, '.git'))) git('init', '-q', '-b', 'main');
  return {
    folder,
    git,
    commit(subject, files) {
      minutes++;
      for (const [path, text] of Object.entries(files)) {
        if (text === null) rmSync(join(folder, path));
        else write(folder, { [path]: text });
      }
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '--allow-empty-message', '--cleanup=verbatim', '-m', subject);
      return git('rev-parse', 'HEAD');
    },
  };
}

export function write(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A program at this path. */
export function program(path: string, script: string): string {
  write(dirname(path), { [path.slice(dirname(path).length + 1)]: `#!/bin/sh\n${script}\n` });
  chmodSync(path, 0o755);
  return path;
}

/** Of every file in a folder: its path, times, mode and content. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const { mode, mtimeMs } = statSync(path);
    hash.update(`${path}\0${mode}\0${mtimeMs}\0`);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
