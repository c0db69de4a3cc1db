/** Paths that lead out of a folder, or only look as if they stayed: by their letters on three platforms, then on this disk. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathIn } from '../../server/src/lsp/convert.js';
import { isBelow, isSamePlace, type Platform } from '../../server/src/workspace/inside.js';
import { engineOn, scratchFolder, writeFiles } from '../support/engine.js';

/** Refused everywhere. */
const NOWHERE = [
  '',
  '.',
  '..',
  '../a',
  'a/../../b',
  'a/..',
  '/etc/passwd',
  'a//b',
  'a/',
  './a',
  'a\0b',
  'a/\0',
  '..\0/a',
];
/** Plain names on Unix, something else on Windows. */
const NOT_ON_WINDOWS = [
  '..\\..\\secret',
  'a\\..\\..\\b',
  '\\\\server\\share\\x',
  '\\\\?\\C:\\x',
  '\\\\.\\pipe\\x',
  'C:\\Windows\\win.ini',
  'C:x',
  'C:/x',
  'a.ts:stream',
  'a.ts::$DATA',
  'NUL',
  'nul.txt',
  'CON',
  'src/aux.ts',
  'com1',
  'COM9.log',
  'lpt¹.txt',
  'CONIN$',
  'prn .txt',
  'a.',
  'a ',
  '.. /x',
  '... /x',
  'a.ts.',
  'a*b',
  'a?',
  'a<b',
  'a|b',
  'a"b',
];
const FINE = [
  'a',
  'src/a.ts',
  '..a',
  'a..b',
  '...',
  'a b',
  '.vscode/settings.json',
  'console.ts',
  'com10',
  'é',
  'a)![x](https',
];

test.each<[Platform, readonly string[], readonly string[]]>([
  ['linux', NOWHERE, [...NOT_ON_WINDOWS.filter((path) => !path.startsWith('..\0')), ...FINE]],
  ['darwin', NOWHERE, [...NOT_ON_WINDOWS, ...FINE]],
  ['win32', [...NOWHERE, ...NOT_ON_WINDOWS, '...'], FINE.filter((path) => path !== '...')],
])('S8 names that lead elsewhere are told by their letters on %s', (platform, refused, taken) => {
  expect(refused.filter((path) => isBelow(path, platform))).toEqual([]);
  expect(taken.filter((path) => !isBelow(path, platform))).toEqual([]);
});

test.each<[Platform, string, string, boolean]>([
  ['linux', '/ws/a.ts', '/ws/a.ts', true],
  ['linux', '/elsewhere/a.ts', '/ws/a.ts', false],
  ['linux', '/ws/A.ts', '/ws/a.ts', false],
  ['linux', '/ws/\u00e9', '/ws/e\u0301', false],
  ['darwin', '/ws/\u00e9.ts', '/ws/e\u0301.ts', true],
  // A name that differs by case may be another rule's: `.ENV` for `.env`, `.VSCODE` for `.vscode`.
  ['darwin', '/ws/.env', '/ws/.ENV', false],
  ['darwin', '/ws/.vscode/settings.json', '/ws/.VSCODE/Settings.json', false],
  ['darwin', '/private/etc/passwd', '/ws/etc/passwd', false],
  ['win32', 'C:\\ws\\src\\a.ts', 'C:\\ws/src/a.ts', true],
  ['win32', 'C:\\ws\\.env', 'C:\\ws/.ENV', false],
  // A junction, a short name, a share.
  ['win32', 'D:\\secrets\\a.ts', 'C:\\ws/junction/a.ts', false],
  ['win32', 'C:\\ws\\private-folder\\a.ts', 'C:\\ws/PRIVAT~1/a.ts', false],
  ['win32', '\\\\server\\share\\a.ts', 'C:\\ws/a.ts', false],
])('S8 the disk’s own name must be the one that was asked for, on %s: %s for %s', (platform, real, asked, isSame) =>
  expect(isSamePlace(real, asked, platform)).toBe(isSame),
);

const UNIX = { uri: 'file:///ws', path: '/ws' };
const WINDOWS = { uri: 'file:///c%3A/ws', path: 'c:\\ws' };

test.each<[string, string | null]>([
  ['file:///ws/src/a.ts', 'src/a.ts'],
  ['file:///ws/..a/b', '..a/b'],
  ['file:///ws/a%20b', 'a b'],
  ['file:///ws', null],
  ['file:///ws/../etc/passwd', null],
  ['file:///ws/%2e%2e/etc/passwd', null],
  ['file:///ws/a%2fb', null],
  ['file:///wsx/a', null],
  ['file:///WS/a', null],
  ['file://server/ws/a', null],
  ['untitled:a', null],
  ['https://ws/a', null],
  ['vscode-notebook-cell:/ws/a#x', null],
  ['file:///ws/%E0%A4%A', null],
])('S8 an address is a path of the folder or nothing, on Unix: %s', (uri, path) =>
  expect(pathIn(UNIX, uri, false)).toBe(path),
);

test.each<[string, string | null]>([
  ['file:///c:/ws/src/a.ts', 'src/a.ts'],
  ['file:///C%3A/ws/src/a.ts', 'src/a.ts'],
  ['file:///c:/WS/a.ts', 'a.ts'],
  ['file:///c:/ws/..a/b', '..a/b'],
  ['file:///c:/ws/../secret', null],
  ['file:///c:/ws/..%5csecret', null],
  ['file:///d:/ws/a.ts', null],
  ['file://server/share/a.ts', null],
  ['file:///c:/wsx/a', null],
  ['file:///ws/a', null],
])('S8 an address is a path of the folder or nothing, on Windows: %s', (uri, path) =>
  expect(pathIn(WINDOWS, uri, true)).toBe(path),
);

test('S8 neither a link nor a path of any form is read, cited or hovered outside of the folder', async () => {
  const outside = scratchFolder();
  await writeFiles(outside, { 'secret.ts': 'export function outsideSecret() {}\n' });
  const folder = join(scratchFolder(), 'root');
  await writeFiles(folder, { 'src/a.ts': 'export function inside() {}\n' });
  await symlink(outside, join(folder, 'linked'));
  await symlink(join(outside, 'secret.ts'), join(folder, 'src/link.ts'));
  const engine = await engineOn({}, { root: folder });
  const quote = 'export function outsideSecret() {}';
  const paths = [
    'linked/secret.ts',
    'src/link.ts',
    `../${outside.split('/').at(-1)}/secret.ts`,
    join(outside, 'secret.ts'),
  ];
  for (const path of [...paths, ...NOWHERE]) {
    await engine.filesChanged([path]).catch(() => {});
    await using snapshot = await engine.snapshot();
    const [checked] = await snapshot.verify([{ n: 1, path, startLine: 1, endLine: 1, quote, verified: false }]);
    expect(checked!.verified, path).toBe(false);
    expect(await snapshot.hover({ path, line: 1, column: 18 }).catch(() => null), path).toBeNull();
    await expect(engine.documentText(path), path).rejects.toThrow();
  }
  await using snapshot = await engine.snapshot();
  expect((await snapshot.search('outsideSecret', 10)).filter(({ text }) => text.includes('outsideSecret'))).toEqual([]);
});
