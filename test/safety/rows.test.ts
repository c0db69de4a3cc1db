/** THREATS.md says which tests hold which row of the checklist: each of them is there, and none is missing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
/** Of a team index, which does not exist. */
const ABSENT = ['S18'];

/** Rows that names of tests in a file begin with; a name may begin with several. */
function rowsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const names = text.matchAll(
    /\b(?:test|describe)(?:\.each(?:<[^>]*(?:>[^>(]*)?>)?\([\s\S]*?\n?\))?\(\s*['"`]((?:S\d+ )+)/g,
  );
  return [...names].flatMap(([, rows]) => rows!.trim().split(' '));
}

test('each row of the checklist stands in THREATS.md with a file whose tests begin with its name', () => {
  const page = readFileSync(join(project, 'THREATS.md'), 'utf8');
  const told = new Map([...page.matchAll(/^\| (S\d+) \| .+ \| (\S+) \|$/gm)].map(([, row, file]) => [row!, file!]));
  const rows = Array.from({ length: 20 }, (_, i) => `S${i + 1}`);
  expect([...told.keys()].sort()).toEqual(rows.filter((row) => !ABSENT.includes(row)).sort());
  for (const [row, file] of told) expect(rowsIn(join(project, file)), `${row} in ${file}`).toContain(row);
  for (const row of ABSENT) expect(page).toContain(`**Not here: ${row}**`);
});

test('no test names a row that THREATS.md does not have', () => {
  const page = readFileSync(join(project, 'THREATS.md'), 'utf8');
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  for (const row of files.flatMap((name) => rowsIn(join(import.meta.dirname, name))))
    expect(page).toContain(`| ${row} |`);
});
