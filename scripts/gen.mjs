/**
 * Derives from package.json, the only declaration of settings and commands: the setting types and bounds that the
 * server reads, and docs/settings.md. With `--check` it writes nothing and fails when a file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PREFIX = 'scholia.';
const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(readFileSync(file('package.json'), 'utf8'));
const properties = Object.entries(Object.assign({}, ...manifest.contributes.configuration.map((c) => c.properties)))
  .filter(([key]) => key.startsWith(PREFIX))
  .sort(([, a], [, b]) => a.order - b.order)
  .map(([key, declared]) => ({ key, name: key.slice(PREFIX.length), ...declared }));

const outputs = {
  'server/src/protocol/settings.generated.ts': settingTypes(),
  'docs/settings.md': settingsPage(),
};

let stale = 0;
for (const [path, text] of Object.entries(outputs)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file(path), text);
    continue;
  }
  let current = '';
  try {
    current = readFileSync(file(path), 'utf8');
  } catch {
    // Missing is stale.
  }
  if (current === text) continue;
  stale++;
  console.error(`${path} is stale: run npm run gen`);
}
process.exitCode = stale > 0 ? 1 : 0;

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
