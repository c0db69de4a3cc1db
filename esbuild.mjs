/**
 * Bundles everything that runs into dist/: the extension, the server with its workers, and the chat's page.
 * Grammars and queries are copied beside them, so that the package holds no node_modules.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { grammarFiles, highlightFiles } from './scripts/grammars.mjs';

const packageFolder = (name) => join('node_modules', name);

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22.16',
  sourcemap: true,
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  // The CommonJS build needs no import.meta, which a CommonJS bundle does not have.
  // As for the other, its CommonJS build loads its parts in a way that no bundler follows.
  alias: {
    'jsonc-parser': join(process.cwd(), packageFolder('jsonc-parser'), 'lib/esm/main.js'),
    'web-tree-sitter': join(process.cwd(), packageFolder('web-tree-sitter'), 'web-tree-sitter.cjs'),
  },
};

const bundles = [
  {
    ...node,
    entryPoints: ['main', 'cli', 'parseWorker', 'storeWorker', 'computeHost'].map((name) => `server/src/${name}.ts`),
    outdir: 'dist/server',
  },
  {
    ...node,
    entryPoints: { documents: 'server/src/documents/convert.ts' },
    outdir: 'dist/server',
    minify: true,
    // Only what draws asks where it lies, and nothing is drawn.
    define: { 'import.meta.url': '"file:///"' },
  },
  { ...node, entryPoints: { mcp: 'server/src/mcp/server.ts' }, outdir: 'dist/server', minify: true },
  { ...node, entryPoints: ['client/src/extension.ts'], outdir: 'dist/client', external: ['vscode'] },
  {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    minify: true,
    logLevel: 'warning',
    entryPoints: { chat: 'client/src/chat/page/chat.ts' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
];

const only = process.argv[2];
if (!only) await rm('dist', { recursive: true, force: true });
await Promise.all(bundles.filter((bundle) => !only || bundle.outdir.endsWith(only)).map((bundle) => build(bundle)));

await mkdir('dist/grammars', { recursive: true });
for (const [from, to] of grammarFiles(packageFolder)) await cp(from, join('dist/grammars', to));
await mkdir('dist/highlights', { recursive: true });
for (const [files, to] of highlightFiles(packageFolder))
  await writeFile(join('dist/highlights', to), (await Promise.all(files.map((file) => readFile(file)))).join('\n'));
await cp('syntaxes/queries', 'dist/queries', { recursive: true });
await cp('models/static', 'dist/models/static', { recursive: true });
// Characters of PDF fonts that name a standard encoding for Chinese, Japanese or Korean instead of bringing their own.
await cp(join(packageFolder('pdfjs-dist'), 'cmaps'), 'dist/cmaps', { recursive: true });
await writeFile('dist/.built', '');
