/**
 * Derives from package.json, the only declaration of settings and commands, with their words in package.nls.json: the
 * setting types and bounds that the server reads, and docs/settings.md in each language. From
 * server/src/engine/teamRules.ts, the only declaration of what `scholia.json` may say: its schema and
 * docs/scholia-json.md. And from the source: l10n/bundle.l10n.json, the sentences that wait for translation. With
 * `--check` it writes nothing and fails when a file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readSentences } from './sentences.mjs';

const PREFIX = 'scholia.';
/** What the page of settings says besides the settings' own words. */
const PAGE_WORDS = {
  en: {
    title: 'Settings',
    about: 'Generated from package.json by `npm run gen`. [简体中文](settings.zh-CN.md)',
    range: (from, to) => `${from} to ${to}`,
    facts: (type, bounds, fallback, scope) =>
      `Type ${type}${bounds && ` (${bounds})`}, default \`${fallback}\`, set by ${scope}.`,
    scopes: {
      machine: 'user or remote only: a workspace cannot set it',
      window: 'user or workspace',
      resource: 'user, workspace or folder',
      'language-overridable': 'user or workspace, for a language too',
    },
  },
  chinese: {
    title: '设置',
    about: '由 `npm run gen` 根据 package.json 生成。[English](settings.md)',
    range: (from, to) => `${from} 到 ${to}`,
    facts: (type, bounds, fallback, scope) =>
      `类型 ${type}${bounds && `（${bounds}）`}，默认值 \`${fallback}\`，${scope}。`,
    scopes: {
      machine: '只能由用户或远程设置：工作区不能设置',
      window: '可由用户或工作区设置',
      resource: '可由用户、工作区或文件夹设置',
      'language-overridable': '可由用户或工作区设置，也可按语言设置',
    },
  },
};
const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(file(path), 'utf8'));
const manifest = readJson('package.json');
const inEnglish = groupsIn(readJson('package.nls.json'));
const properties = inEnglish.flatMap((group) => group.properties);

let stale = 0;
write('server/src/protocol/settings.generated.ts', settingTypes());
write('docs/settings.md', settingsPage(inEnglish, PAGE_WORDS.en));
write('docs/settings.zh-CN.md', settingsPage(groupsIn(readJson('package.nls.zh-cn.json')), PAGE_WORDS.chinese));
const { told } = await readSentences(['client/src', 'server/src']);
const sentences = [...new Set(told.map(({ text }) => text))].sort();
write('l10n/bundle.l10n.json', `${JSON.stringify(Object.fromEntries(sentences.map((one) => [one, one])), null, 2)}\n`);
// The rules take bounds from the settings, so those are written first.
const { TEAM_RULES, MAX_PATTERNS, MAX_PATTERN_CHARACTERS } = await importSource('server/src/engine/teamRules.ts');
write('syntaxes/scholia.schema.json', `${JSON.stringify(teamSchema(), null, 2)}\n`);
write('docs/scholia-json.md', teamPage());
process.exitCode = stale > 0 ? 1 : 0;

function write(path, text) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file(path), text);
    return;
  }
  let current = '';
  try {
    current = readFileSync(file(path), 'utf8');
  } catch {
    // Missing is stale.
  }
  if (current === text) return;
  stale++;
  console.error(`${path} is stale: run npm run gen`);
}

/** TypeScript of the server, with what it imports. */
async function importSource(path) {
  const { outputFiles } = await build({
    entryPoints: [file(path)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    absWorkingDir: file(''),
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** The groups of settings with the words of one language in the places `%key%`. */
function groupsIn(words) {
  const worded = (value) => JSON.parse(JSON.stringify(value), (_, text) => inWords(text, words));
  return manifest.contributes.configuration.map(({ title, properties }) => ({
    title: inWords(title, words),
    properties: Object.entries(properties)
      .sort(([, a], [, b]) => a.order - b.order)
      .map(([key, declared]) => ({ key, name: key.slice(PREFIX.length), ...worded(declared) })),
  }));
}

function inWords(text, words) {
  const key = typeof text === 'string' && /^%([\w.]+)%$/.exec(text)?.[1];
  return key ? (words[key] ?? text) : text;
}

function settingTypes() {
  const type = ({ type, enum: values }) =>
    values
      ? values.map((value) => `'${value}'`).join(' | ')
      : type === 'array'
        ? 'readonly string[]'
        : type === 'integer'
          ? 'number'
          : type;
  const lines = properties.map((p) => `  /** ${plain(p.markdownDescription)} */\n  '${p.name}': ${type(p)};`);
  const rules = properties.map((p) => {
    const { type, minimum, maximum, enum: values, default: fallback } = p;
    return `  '${p.name}': ${JSON.stringify({ type, minimum, maximum, enum: values, default: fallback })},`;
  });
  return `// Generated from package.json by scripts/gen.mjs. Do not edit.

/** Raw settings, by their name without \`${PREFIX}\`. */
export interface Settings {
${lines.join('\n')}
}

export interface SettingRule {
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array';
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  default: unknown;
}

export const SETTING_RULES: Readonly<Record<keyof Settings, SettingRule>> = {
${rules.join('\n')}
};

export const COMMANDS = ${JSON.stringify(manifest.contributes.commands.map(({ command }) => command))} as const;
`;
}

function settingsPage(groups, words) {
  const settings = ({ key, type, scope, markdownDescription, ...rules }) => {
    const { enum: values, minimum, maximum } = rules;
    const bounds = values ? values.join(', ') : minimum === undefined ? '' : words.range(minimum, maximum);
    const facts = words.facts(type, bounds, JSON.stringify(rules.default), words.scopes[scope]);
    return `### \`${key}\`\n\n${plain(markdownDescription)}\n\n${facts}\n`;
  };
  const sections = groups.map(({ title, properties }) => `## ${title}\n\n${properties.map(settings).join('\n')}`);
  return `# ${words.title}\n\n${words.about}\n\n${sections.join('\n')}`;
}

function plain(markdown) {
  return markdown.replace(/`#(.*?)#`/g, '`$1`');
}

function teamSchema() {
  const root = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Scholia',
    description: 'What a team agrees on for the index of this folder.',
  };
  for (const [name, rule] of Object.entries(TEAM_RULES)) {
    const keys = name.split('.');
    let at = root;
    for (const key of keys) {
      at.type ??= 'object';
      at.additionalProperties ??= false;
      at.properties ??= {};
      at.properties[key] ??= {};
      at = at.properties[key];
    }
    Object.assign(at, schemaOf(rule));
  }
  return root;
}

function schemaOf({ type, description, example, default: fallback, minimum, maximum, values, form }) {
  const about = {
    description: description.replaceAll('`', ''),
    examples: [example],
    ...(fallback === null ? {} : { default: fallback }),
  };
  if (type === 'patterns') {
    const items = { type: 'string', maxLength: MAX_PATTERN_CHARACTERS };
    return { ...about, type: 'array', maxItems: MAX_PATTERNS, items };
  }
  if (type === 'choice') return { ...about, type: 'string', enum: values };
  if (type === 'name') return { ...about, type: 'string', pattern: form.source };
  return { ...about, type, minimum, maximum };
}

function teamPage() {
  const rows = Object.entries(TEAM_RULES).map(([name, rule]) => {
    const bounds = rule.values
      ? rule.values.join(', ')
      : rule.minimum === undefined
        ? ''
        : `${rule.minimum} to ${rule.maximum}`;
    const kind = { patterns: 'list of patterns', choice: 'one of', name: 'name' }[rule.type] ?? rule.type;
    const fallback = rule.default === null ? 'none' : `\`${JSON.stringify(rule.default)}\``;
    return `| \`${name}\` | ${kind}${bounds ? ` ${bounds}` : ''} | ${fallback} | ${rule.description} |`;
  });
  const about = readFileSync(file('docs/scholia-json.md'), 'utf8').split('<!-- keys -->')[0];
  return `${about}<!-- keys -->\n\nGenerated from server/src/engine/teamRules.ts by \`npm run gen\`.\n\n| key | takes | default | does |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}
