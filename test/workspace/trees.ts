/** Folders for tests of what is found in them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { FileSystem, Scan, Workspace } from '../../server/src/base/ports.js';
import { disk } from '../../server/src/workspace/disk.js';
import { openWorkspace, type WalkConfig } from '../../server/src/workspace/walk.js';
import { type Files, scratchFolder, writeFiles } from '../support/engine.js';

export const CONFIG: WalkConfig = { maxFileBytes: 4096 * 1024, exclude: [], hidden: [], user: null };

export async function workspaceOn(
  files: Files,
  config: Partial<WalkConfig> = {},
  fileSystem: FileSystem = disk,
): Promise<Workspace> {
  const folder = scratchFolder();
  await writeFiles(folder, files);
  return openWorkspace(fileSystem, folder, { ...CONFIG, ...config });
}

export function pathsOf(scan: Scan): string[] {
  return scan.files.map((file) => file.path);
}

/** Exactly these files are found, by the scan and one by one. */
export async function checkFound(files: Files, expected: string[], config: Partial<WalkConfig> = {}): Promise<void> {
  const workspace = await workspaceOn(files, config);
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([...expected].sort());
  for (const path of Object.keys(files))
    expect([path, (await workspace.find(path)) !== null]).toEqual([path, expected.includes(path)]);
}

const NAMES = ['a', 'b', 'build', 'Build', 'a.ts', 'b.log', 'x y', '#c', '!d', 'e[1]', 'f*', '.g'];

export const folderPath = fc
  .array(fc.constantFrom('a', 'b', 'build', 'Build', 'x y'), { maxLength: 3 })
  .map((parts) => parts.join('/'));

export const filePath = fc
  .tuple(folderPath, fc.constantFrom(...NAMES))
  .map(([folder, name]) => (folder === '' ? name : `${folder}/${name}`));

export const pattern = fc
  .tuple(
    fc.constantFrom('', '', '!', '/', '!/', '**/', '\\'),
    fc.oneof(
      fc.constantFrom(
        '*',
        '*.ts',
        '*.log',
        'b*',
        '?',
        '[ab]',
        '[!a]',
        '[a-',
        '**',
        'a/**',
        '**/b',
        'a/*/b',
        'a/**/b',
        '#c',
        'e\\[1\\]',
        'f\\*',
        '.*',
        'x\\ y',
        'x y ',
        '# note',
        '',
        '\\',
        'BUILD',
      ),
      filePath,
      folderPath,
    ),
    fc.constantFrom('', '', '/', '/*', ' ', '/**'),
  )
  .map((parts) => parts.join(''));

export const ignoreFile = fc
  .tuple(fc.array(pattern, { maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.join(end));

/** A tree without a path that is both a file and a folder. */
export function treeFrom(paths: readonly string[], ignores: Record<string, string>): Files {
  const folders = new Set(
    paths.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i) =>
          path
            .split('/')
            .slice(0, i + 1)
            .join('/'),
        ),
    ),
  );
  const files = Object.fromEntries(paths.filter((path) => !folders.has(path)).map((path) => [path, 'x']));
  for (const [folder, text] of Object.entries(ignores))
    if (folder === '' || folders.has(folder)) files[folder === '' ? '.gitignore' : `${folder}/.gitignore`] = text;
  return files;
}
