/**
 * The house rules that a program can check: who may import whom, which package is used where, how files open, how long
 * they get. The tables below are the rules; ARCHITECTURE.md gives their reasons.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '..');

/** Folders and top files of server/src, with what each may import besides itself. A name with `/` is one file. */
const LAYERS: Record<string, readonly string[]> = {
  base: [],
  // The shapes of answers and of the status are shared with the client as types.
  protocol: ['base/answer', 'base/completion', 'base/status'],
  workspace: ['base'],
  documents: ['base', 'index/headings'],
  index: ['base'],
  gpu: ['base'],
  llm: ['base'],
  team: ['base'],
  rag: ['base', 'index'],
  engine: ['base', 'index', 'rag', 'protocol/settings.generated'],
  evaluate: ['base', 'index', 'rag', 'engine'],
  tune: ['base', 'index', 'rag', 'engine', 'evaluate'],
  compose: ['modelServices', 'base', 'workspace', 'index', 'gpu', 'llm', 'team', 'rag', 'engine', 'evaluate', 'tune'],
  modelServices: ['base', 'gpu', 'llm', 'rag', 'engine', 'protocol/settings.generated'],
  lsp: ['modelServices', 'base', 'protocol', 'engine', 'compose'],
  mcp: ['base', 'protocol', 'engine', 'compose'],
  cli: [
    'modelServices',
    'base',
    'protocol',
    'engine',
    'compose',
    'evaluate',
    'tune',
    'lsp',
    'mcp',
    'cliText',
    'cliProgress',
    'cliModel',
    'cliSettings',
    'cliEval',
    'cliAsk',
  ],
  // Downloads are no matter of the engine.
  cliModel: ['base', 'llm', 'cliAsk'],
  cliAsk: ['base'],
  cliSettings: ['base', 'llm'],
  cliText: ['base', 'engine'],
  cliProgress: ['base', 'engine'],
  cliEval: ['base', 'compose', 'evaluate'],
  main: ['lsp', 'mcp', 'compose'],
  // The documents' bundle is loaded by name; the arrow is for its types.
  parseWorker: ['base', 'index', 'documents'],
  storeWorker: ['base', 'index'],
  computeHost: ['base', 'gpu'],
};

/** What the client may take from the server. */
const CLIENT_MAY_IMPORT = [
  'protocol',
  'base/agentText',
  'base/answer',
  'base/completion',
  'base/destination',
  'base/document',
  'base/errors',
  'base/l10n',
  'base/markdown',
  'base/scoreParts',
  'base/status',
  'base/text',
  'base/tokenClasses',
  // What is kept of a chat passes the same masks as what is indexed.
  'index/secrets',
];

/** Packages and built-in modules that only some files may import; whatever is not named here is free to all. */
const PACKAGES: { name: RegExp; only: RegExp }[] = [
  { name: /^vscode$/, only: /^client\/src\/(?!chat\/page\/)/ },
  { name: /^vscode-languageclient/, only: /^client\/src\/(?!chat\/page\/)/ },
  { name: /^vscode-languageserver-(protocol|types)/, only: /^server\/src\/(protocol|lsp)\// },
  { name: /^vscode-languageserver(?!-protocol|-types)/, only: /^server\/src\/lsp\// },
  { name: /^(@modelcontextprotocol\/|zod$)/, only: /^server\/src\/mcp\// },
  { name: /^node:sqlite$/, only: /^server\/src\/index\/store\// },
  { name: /^node:child_process$/, only: /^server\/src\/(gpu\/|index\/git\b|evaluate\/)/ },
  {
    name: /^node:fs(\/promises)?$/,
    only: /^server\/src\/(workspace\/disk\.ts|index\/store\/|index\/(languages|highlight|bundledModel)\.ts|gpu\/|llm\/(download|modelFolders)\.ts|cli\w*\.ts|evaluate\/)|^client\/src\/chat\/chatFolder\.ts$/,
  },
  {
    name: /^(openai|undici|node:(net|http2?|https|tls|dgram|dns(\/promises)?))(\/|$)/,
    only: /^server\/src\/(llm|team)\//,
  },
  { name: /^(pg)$/, only: /^server\/src\/team\// },
  { name: /^(onnxruntime-node|hnswlib-node|@huggingface\/tokenizers)$/, only: /^server\/src\/gpu\// },
  { name: /^web-tree-sitter$/, only: /^server\/src\/index\/(syntax|grammars|highlight|pointed|brought)\.ts$/ },
  { name: /^jsonc-parser$/, only: /^server\/src\/engine\/teamSettings\.ts$/ },
  { name: /^(pdfjs-dist|mammoth)(\/|$)/, only: /^server\/src\/documents\// },
  { name: /^ignore$/, only: /^server\/src\/workspace\// },
  { name: /^(markdown-it|@vscode-elements\/|@vscode\/codicons)/, only: /^client\/src\/chat\/page\// },
];

/** Everything that ends up in the package. Each has its line of reason in CONTRIBUTING.md. */
const BUNDLED = [
  '@huggingface/tokenizers',
  '@modelcontextprotocol/sdk',
  '@vscode-elements/elements',
  '@vscode/codicons',
  'ignore',
  'jsonc-parser',
  'mammoth',
  'markdown-it',
  'onnxruntime-node',
  'openai',
  'pdfjs-dist',
  'vscode-languageclient',
  'vscode-languageserver',
  'vscode-languageserver-protocol',
  'vscode-languageserver-textdocument',
  'web-tree-sitter',
  'zod',
];

const BAD_NAMES = /^(utils?|helpers?|common|managers?|index|misc|shared)\.[a-z]+$/i;

/** Over 400 lines, each with its reason. */
const LONG_FILES: Record<string, string> = {};

interface Import {
  line: number;
  text: string;
  from: string;
}

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(project, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

const sources = new Map(
  [...filesIn('server/src', /\.tsx?$/), ...filesIn('client/src', /\.tsx?$/)].map((path) => [
    path,
    readFileSync(join(project, path), 'utf8'),
  ]),
);

/** Imports and re-exports, also those that span lines and those that run later. */
function importsOf(text: string): Import[] {
  const statement =
    /^(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(statement)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    text: match[0].replace(/\s+/g, ' '),
    from: match.slice(1).find(Boolean)!,
  }));
}

function checkImports(isWrong: (path: string, imported: Import) => string | null): void {
  const wrong: string[] = [];
  for (const [path, text] of sources)
    for (const imported of importsOf(text)) {
      const reason = isWrong(path, imported);
      if (reason) wrong.push(`${path}:${imported.line}: ${imported.text}  — ${reason}`);
    }
  expect(wrong.join('\n')).toBe('');
}

function checkFiles(isWrong: (path: string, text: string) => string | null): void {
  const wrong = [...sources].flatMap(([path, text]) => {
    const reason = isWrong(path, text);
    return reason ? [`${path}: ${reason}`] : [];
  });
  expect(wrong.join('\n')).toBe('');
}

/** `server/src/index/store/reader` for an import of `./store/reader.js` in server/src/index. */
function targetOf(path: string, from: string): string {
  return relative(project, join(project, dirname(path), from))
    .replaceAll('\\', '/')
    .replace(/\.[jt]sx?$/, '');
}

function allowed(target: string, table: readonly string[]): boolean {
  return table.some((name) => target === name || target.startsWith(`${name}/`));
}

test('imports between the folders of the server point one way', () =>
  checkImports((path, { from }) => {
    if (!path.startsWith('server/') || !from.startsWith('.')) return null;
    const own = path.slice('server/src/'.length).replace(/\.ts$/, '').split('/')[0]!;
    const table = LAYERS[own];
    if (!table) return `the folder ${own} is not in the table`;
    const target = targetOf(path, from);
    // Translations are data that the editor reads too.
    if (own === 'base' && target.startsWith('l10n/')) return null;
    if (!target.startsWith('server/src/')) return 'it leaves server/src';
    const inside = target.slice('server/src/'.length);
    return inside.split('/')[0] === own || allowed(inside, table)
      ? null
      : `${own} may import ${table.join(', ') || 'nothing'}`;
  }));

test('the client takes nothing but the protocol from the server', () =>
  checkImports((path, { from }) => {
    if (!path.startsWith('client/') || !from.startsWith('.')) return null;
    const target = targetOf(path, from);
    if (target.startsWith('client/src/')) return null;
    return target.startsWith('server/src/') && allowed(target.slice('server/src/'.length), CLIENT_MAY_IMPORT)
      ? null
      : `the client may import ${CLIENT_MAY_IMPORT.join(', ')}`;
  }));

test('each package is used only where it belongs', () =>
  checkImports((path, { from }) => {
    if (from.startsWith('.')) return null;
    if (!from.startsWith('node:') && builtinModules.includes(from)) return 'write node: before a built-in module';
    const rule = PACKAGES.find(({ name }) => name.test(from));
    return !rule || rule.only.test(path) ? null : `${from} belongs to ${rule.only.source}`;
  }));

test('no statement numbers its parameters, which the oldest Node that is supported takes for names', () =>
  checkFiles((path, text) => {
    if (!path.startsWith('server/src/index/store/')) return null;
    const found = /[=(,] ?\?\d/.exec(text);
    return found ? `${text.slice(0, found.index).split('\n').length}: ${found[0]}` : null;
  }));

test('the network is reached through packages that the rules above name', () =>
  checkFiles((path, text) => {
    if (/^server\/src\/(llm|team)\//.test(path)) return null;
    const line = text
      .split('\n')
      .findIndex((code) => /(?<![\w.])(fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(/.test(code));
    return line < 0 ? null : `line ${line + 1} reaches the network: ${text.split('\n')[line]!.trim()}`;
  }));

test('what ends up in the package is on the list of dependencies', () => {
  checkImports((_path, { from }) => {
    if (from.startsWith('.') || from.startsWith('node:') || from === 'vscode') return null;
    const name = from
      .split('/')
      .slice(0, from.startsWith('@') ? 2 : 1)
      .join('/');
    return BUNDLED.includes(name) ? null : `${name} is not on the list`;
  });
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(Object.keys(manifest.dependencies ?? {}).filter((name) => !BUNDLED.includes(name))).toEqual([]);
});

test('every module opens by saying what it is for', () =>
  checkFiles((path, text) =>
    /^(#!.*\n)?(\/\*\*|\/\/)/.test(text) ? null : `it opens with ${JSON.stringify(text.slice(0, 40))} (${path})`,
  ));

test('no file outgrows a reader', () =>
  checkFiles((path, text) => {
    if (path.endsWith('.generated.ts')) return null;
    const lines = text.split('\n').length;
    if (lines > 600) return `${lines} lines; 600 is the end`;
    return lines > 400 && !LONG_FILES[path] ? `${lines} lines; over 400 needs a reason in LONG_FILES` : null;
  }));

test('files are named for what they hold', () =>
  checkFiles((path) => {
    const name = basename(path);
    if (BAD_NAMES.test(name)) return 'a name that says nothing';
    return /^[a-z][A-Za-z0-9]*(\.generated|\.d)?\.tsx?$/.test(name)
      ? null
      : 'not one lower-case noun, or two in camelCase';
  }));

test('no test is left out, run alone or promised for later', () => {
  const word = /\b(?:test|it|describe|suite)\.(?:skip|only|todo|skipIf|fails)\b|\bcontext\.skip\b/;
  const found = filesIn('test', /\.ts$/)
    .filter((path) => path !== 'test/architecture.test.ts')
    .flatMap((path) =>
      readFileSync(join(project, path), 'utf8')
        .split('\n')
        .flatMap((line, i) => (word.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
  expect(found.join('\n')).toBe('');
});

test('docs/protocol.md describes every message', () => {
  const text = sources.get('server/src/protocol/messages.ts')!;
  const methods = [...text.matchAll(/new (?:Request|Notification)Type0?(?:<[\s\S]*?>)?\(\s*'([^']+)'/g)].map(
    ([, method]) => method!,
  );
  expect(methods.length).toBeGreaterThan(0);
  const page = readFileSync(join(project, 'docs/protocol.md'), 'utf8');
  expect(methods.filter((method) => !page.includes(method))).toEqual([]);
});
