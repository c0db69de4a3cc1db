/**
 * Nothing that people read is untranslated: every sentence of the source is in the bundles and the other way round, and
 * what is said of commands, settings and the walkthrough is in both files. Bundles that are not made from the source as
 * it is, `npm run gen -- --check` finds.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Literal, readSentences, type Sentences, sentenceReader } from '../../scripts/sentences.mjs';
import { scorePartMeaning } from '../../server/src/base/scoreParts.js';
import { FEATURES } from '../../server/src/rag/features.js';

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

/** Literals that read like sentences and are not told to a person in their language, each with its reason. */
const NOT_TOLD: { path: RegExp; text: RegExp }[] = [
  // Names of elements, keys and classes.
  { path: /chat\/page\//, text: /^(?:Escape|Enter|[a-z][\w-]*(?: [\w{}-]+)+|[a-z]+(?:, [a-z]+)+)$/ },
  { path: /chat\/page\/colours\.ts$/, text: /^\s*[a-z]/ },
  // Markup, whose words are told.
  { path: /chat\//, text: /^(?:\{\})? ?<[a-z!]/i },
  { path: /chat\/document\.ts$/, text: /^(?:style|font)-src / },
  { path: /modelKey\.ts$/, text: /^scholia\.modelKey / },
  // Units are alike, and so is the product.
  { path: /./, text: /^\{\} ms$/ },
  { path: /./, text: /^\/?Scholia(?: Status\.md)?$|^# Scholia \{\}$/ },
  // The command line, its downloads and measurements, and the trace of a completion, which it shows: all in English.
  { path: /src\/(?:cli\w*\.ts|evaluate\/|llm\/(?:hub|download)\.ts)/, text: /./ },
  { path: /rag\/(?:complete|completionContext|nextNames|nextWeights|scope)\.ts$/, text: /^(?!.*[.!?]$)/s },
  // For models and agents.
  {
    path: /src\/(?:mcp\/|base\/agentText\.ts|rag\/(?:prompt|changesText)\.ts|llm\/(?:fillFormats|chatFill)\.ts)/,
    text: /./,
  },
  // Statements of SQL, and pieces of them.
  {
    path: /index\/store\//,
    text: /^(?:SELECT|INSERT|UPDATE|DELETE|PRAGMA|BEGIN|ATTACH|DETACH)\b|^\s*CREATE|\bAS \w|^\{\} (?:WHERE|AND|FROM)\b/,
  },
  // What runs an expression under a deadline; patterns for questions, and words that count little.
  { path: /rag\/(?:changeQuestion|graphQuestion|followUp|pattern|query|landmarks|features)\.ts$/, text: /./s },
  // Names of languages, endings and colours; reasons and parts of scores as they are kept.
  { path: /(?:index\/(?:languages|highlight)|documents\/notebook)\.ts$/, text: /^[\w.]+(?: [\w.]+)*$/ },
  { path: /(?:base\/scoreParts|rag\/(?:chat|ranker))\.ts$/, text: /^ranker (?:\w+|\{\})$/ },
  { path: /(?:engine\/engine|index\/parse)\.ts$/, text: /^minified or data$/ },
  // Anchors as they are kept (`placeName`), and the same of an editor's models (`destinationName`).
  { path: /documents\/\w+\.ts$/, text: /^(?:cell|page) \{\}$/ },
  { path: /base\/destination\.ts$/, text: /^the editor \(/ },
  // The schema of scholia.json, which editors read as it is.
  { path: /engine\/teamRules\.ts$/, text: /./ },
  // Programs, servers, headers and folders, what git says, and what a model is tried with.
  { path: /llm\/(?:localServers|serverFacts)\.ts$/, text: /^[\w.]+(?:,? \w+)*$/ },
  { path: /llm\/\w+\.ts$/, text: /^Bearer \{\}$/ },
  {
    path: /(?:compose|secrets|exclusions|power|git|gitHistory)\.ts$/,
    text: /^(?:\w+|dubious ownership|\{\} shallow)$/,
  },
  {
    path: /gpu\/(?:modelFolder|onnxCalls|session)\.ts$/,
    text: /^(?:prefix, path, |return value$|Adds up |no tensor$)/,
  },
  // Never seen: what is thrown is caught beside it, or nobody waits any more.
  { path: /(?:gpu\/graphFile|index\/parsePool|lsp\/convert)\.ts$/, text: /^(?:another format|for colours|Cancelled)$/ },
  // For a model, which wrote the wrong value.
  { path: /languageModelTools\.ts$/, text: /is a (?:whole number|text)/ },
  // A report for the people who mend it.
  { path: /diagnostics\.ts$/, text: /./ },
];

let found: Sentences;
beforeAll(async () => {
  found = await readSentences(['client/src', 'server/src']);
});

const shown = ({ path, line, text }: Literal) => `${path}:${line}: ${text}`;

test('no sentence that reaches an editor is told in English alone', () => {
  const missed = found.untold.filter(
    ({ path, text }) => !NOT_TOLD.some((known) => known.path.test(path) && known.text.test(text)),
  );
  expect(missed.map(shown)).toEqual([]);
  expect(found.wrong.map(shown)).toEqual([]);
});

test('what looks for untranslated sentences finds them, and knows no exception without a case', () => {
  const unused = NOT_TOLD.filter(
    (known) => !found.untold.some(({ path, text }) => known.path.test(path) && known.text.test(text)),
  );
  expect(unused.map(({ path, text }) => `${path} ${text}`)).toEqual([]);
  expect(found.told.length).toBeGreaterThan(800);
});

test('errors, notes, reasons and steps in English alone are found wherever they are written', async () => {
  const source = `
    throw new EngineError('usage', 'There is no such thing');
    throw new EngineError('usage', \`\${folder} has no model\`);
    notes.push(\`\${path} ended\`);
    const reason = 'it is encrypted';
    tracer.step('retrieve', run, () => 'Nothing');
    log('warn', 'This is for developers'); throw new RangeError('As is this');
    t('This is told'); kept('So is this, {0}', t('and this'));`;
  const { untold, told } = (await sentenceReader()).read('some.ts', source);
  expect(untold.map(({ text }) => text)).toEqual([
    'There is no such thing',
    '{} has no model',
    '{} ended',
    'it is encrypted',
    'Nothing',
  ]);
  expect(told.map(({ text }) => text)).toEqual(['This is told', 'So is this, {0}', 'and this']);
});

test('every part that the ranker adds to a score has a name', () => {
  for (const part of new Set(Object.values(FEATURES))) expect(scorePartMeaning(`ranker ${part}`), part).not.toBe('');
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
