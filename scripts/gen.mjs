/**
 * Derives from package.json, the only declaration of settings and commands: the setting types and bounds that the
 * server reads, and docs/settings.md. And from server/src/engine/teamRules.ts, the only declaration of what
 * `scholia.json` may say: its schema and docs/scholia-json.md. With `--check` it writes nothing and fails when a file is
 * stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PREFIX = 'scholia.';
const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(readFileSync(file('package.json'), 'utf8'));
const properties = Object.entries(Object.assign({}, ...manifest.contributes.configuration.map((c) => c.properties)))
  .filter(([key]) => key.startsWith(PREFIX))
  .sort(([, a], [, b]) => a.order - b.order)
  .map(([key, declared]) => ({ key, name: key.slice(PREFIX.length), ...declared }));

let stale = 0;
write('server/src/protocol/settings.generated.ts', settingTypes());
write('docs/settings.md', settingsPage());
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

function settingsPage() {
  const scopes = {
    machine: 'user or remote only: a workspace cannot set it',
    window: 'user or workspace',
    resource: 'user, workspace or folder',
    'language-overridable': 'user or workspace, for a language too',
  };
  const rows = properties.map((p) => {
    const bounds = p.enum ? p.enum.join(', ') : p.minimum === undefined ? '' : `${p.minimum} to ${p.maximum}`;
    return `## \`${p.key}\`\n\n${p.markdownDescription.replace(/`#(.*?)#`/g, '`$1`')}\n\nType ${p.type}${bounds ? ` (${bounds})` : ''}, default \`${JSON.stringify(p.default)}\`, set by ${scopes[p.scope]}.\n`;
  });
  return `# Settings\n\nGenerated from package.json by \`npm run gen\`.\n\n${rows.join('\n')}`;
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
