/**
 * Nothing that people read is untranslated: every sentence of the source is in the bundles and the other way round, and
 * what is said of commands, settings and the walkthrough is in both files. Bundles that are not made from the source as
 * it is, `npm run gen -- --check` finds.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Literal, readSentences } from '../../scripts/sentences.mjs';

const project = join(import.meta.dirname, '../..');
const json = (path: string) => JSON.parse(readFileSync(join(project, path), 'utf8')) as Record<string, string>;
const chinese = json('l10n/bundle.l10n.zh-cn.json');
const manifest = json('package.json') as unknown as Manifest;
const words = { en: json('package.nls.json'), 'zh-cn': json('package.nls.zh-cn.json') };

interface Manifest {
  description: string;
  capabilities: object;
  contributes: Record<string, unknown>;
}

/** Literals of the client that read like sentences and are not told to a person in their language, each with its reason. */
const NOT_TOLD: { path: RegExp; text: RegExp }[] = [
  // Names of elements, keys and classes.
  { path: /chat\/page\//, text: /^(?:Escape|Enter|[a-z][\w-]*(?: [\w{}-]+)+|[a-z]+(?:, [a-z]+)+)$/ },
  { path: /chat\/page\/colours\.ts$/, text: /^\s*[a-z]/ },
  // Markup, whose words are told.
  { path: /chat\//, text: /^(?:\{\})? ?<[a-z!]/i },
  // The product.
  { path: /./, text: /^\/?Scholia(?: Status\.md)?$/ },
  // For a model, which wrote the wrong value.
  { path: /languageModelTools\.ts$/, text: /is a (?:whole number|text)/ },
  // A report for the people who mend it.
  { path: /diagnostics\.ts$/, text: /./ },
];

let found: { told: Literal[]; untold: Literal[]; wrong: Literal[] };
beforeAll(async () => {
  found = await readSentences(['client/src', 'server/src']);
});

const shown = ({ path, line, text }: Literal) => `${path}:${line}: ${text}`;

test('no sentence of the extension is told in English alone', () => {
  const missed = found.untold.filter(
    ({ path, text }) =>
      path.startsWith('client/') && !NOT_TOLD.some((known) => known.path.test(path) && known.text.test(text)),
  );
  expect(missed.map(shown)).toEqual([]);
  expect(found.wrong.map(shown)).toEqual([]);
});

test('what looks for untranslated sentences finds one', () => {
  // Of the command line, which speaks English.
  expect(found.untold.some(({ path }) => path === 'server/src/cliText.ts')).toBe(true);
  expect(found.told.length).toBeGreaterThan(500);
});

test('every sentence is told in Chinese, and no translation is left over', () => {
  const told = [...new Set(found.told.map(({ text }) => text))].sort();
  expect(Object.keys(chinese).sort()).toEqual(told);
  const same = Object.entries(chinese).filter(
    ([english, translated]) => /\p{L}{3}/u.test(english.replace('Scholia', '')) && !isChinese(translated),
  );
  expect(same).toEqual([]);
});

test('a translation has the same places for values', () => {
  const placesOf = (text: string) => [...new Set(text.match(/\{\d\}/g))].sort();
  const wrong = Object.entries(chinese).filter(
    ([english, translated]) => placesOf(english).join() !== placesOf(translated).join(),
  );
  expect(wrong).toEqual([]);
  const marksOf = (text: string) => (text.match(/`[^`]+`|\(command:[^)]+\)/g) ?? []).sort();
  const wrongWords = Object.keys(words.en).filter(
    (key) => marksOf(words.en[key]!).join() !== marksOf(words['zh-cn'][key] ?? '').join(),
  );
  expect(wrongWords).toEqual([]);
});

/** What the editor shows of the manifest; names and what is told to models are not. */
const SHOWN =
  /^(?:title|shortTitle|description|markdownDescription|markdownEnumDescriptions|contextualTitle|displayName|userDescription|altText|fullName|label)$/;

test('what the manifest says to people is said in both languages, under a key that tells where', () => {
  const used = new Set<string>();
  const literal: string[] = [];
  visit(manifest.contributes, '');
  visit({ description: manifest.description, ...manifest.capabilities }, '');
  expect(literal).toEqual([]);
  expect(Object.keys(words.en).sort()).toEqual([...used].sort());
  expect(Object.keys(words['zh-cn']).sort()).toEqual([...used].sort());
  expect(Object.entries(words['zh-cn']).filter(([, text]) => !isChinese(text))).toEqual([]);

  function visit(value: unknown, name: string): void {
    if (typeof value === 'string') {
      const key = /^%(.+)%$/.exec(value)?.[1];
      if (key) used.add(key);
      // A view's name is shown, other names are not.
      else if (value !== 'Scholia' && SHOWN.test(name)) literal.push(value);
    } else if (Array.isArray(value)) for (const one of value) visit(one, name);
    else if (typeof value === 'object' && value !== null)
      for (const [field, inner] of Object.entries(value)) if (field !== 'inputSchema') visit(inner, field);
  }
});

test('settings and commands have the keys of their names', () => {
  const { configuration, commands } = manifest.contributes as {
    configuration: { properties: Record<string, { markdownDescription: string }> }[];
    commands: { command: string; title: string }[];
  };
  for (const [name, { markdownDescription }] of configuration.flatMap(({ properties }) => Object.entries(properties)))
    expect(markdownDescription).toBe(`%${name.replace('scholia.', 'setting.')}%`);
  for (const { command, title } of commands) expect(title).toBe(`%${command.replace('scholia.', 'command.')}%`);
});

test('each step of the walkthrough has its picture, and leads to commands that are there', () => {
  const { walkthroughs, commands } = manifest.contributes as {
    walkthroughs: { steps: { id: string; media: { svg: string } }[] }[];
    commands: { command: string }[];
  };
  const known = new Set(commands.map(({ command }) => command));
  for (const { id, media } of walkthroughs[0]!.steps) {
    expect(readFileSync(join(project, media.svg), 'utf8')).toContain('<svg');
    for (const [, command] of words.en[`walkthrough.${id}.text`]!.matchAll(/\(command:([\w.]+)/g))
      expect(known.has(command!) || /^(?:workbench\.|scholia\.chat\.focus$)/.test(command!)).toBe(true);
  }
});

function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
