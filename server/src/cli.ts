/**
 * The command line: arguments in, one engine call, text or JSON out.
 *
 * It computes nothing of its own. stdout belongs to the result; progress and notes go to stderr. Exit status 0 is
 * done (a refusal too), 1 failed with a plain message, 2 wrong usage.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Arm } from './base/answer.js';
import { EngineError, kindOf, messageOf } from './base/errors.js';
import { hoverMarkdown } from './base/hoverCard.js';
import type { LogLevel } from './base/ports.js';
import { agrees } from './cliAsk.js';
import { evaluate } from './cliEval.js';
import { progressBar } from './cliProgress.js';
import { userHub, userKey, userSettings } from './cliSettings.js';
import { answerText, contextText, explanationText, hitsText, reportText, statusText, visible } from './cliText.js';
import { missingRuntime, modelsFolder, openEngine, openInfill, openModel, VERSION } from './compose.js';
import { resolveConfig } from './engine/config.js';
import type { Engine } from './engine/engine.js';
import { createModelServices } from './modelServices.js';

const USAGE = `Usage: scholia COMMAND [--root DIR] [--store DIR] [--json]

  index                          build or update the index
  search QUERY [--limit N] [--arm lexical|dense|hybrid|full] [--explain]
  search --queries FILE          many queries, JSON Lines {id, query} in, {id, hits} out; - reads stdin
  ask QUESTION [--flow NAME] [--explain]
  hover FILE:LINE:COLUMN         what the name there is
  complete FILE:LINE:COLUMN [--context-only]
                                 what comes next there; or only what a model would be given
  status [--file PATH]           what is indexed, what failed, what is degraded; why one file is not indexed
  model download NAME [--yes] [--onnx FILE]
                                 an embedder or reranker from a hub, as owner/name[@revision]
  model list                     which were downloaded
  eval SUITE[,SUITE…]|all --data DIR --repos DIR [--arms LIST] [--only NAME] [--limit N] [--json FILE]
                                 retrieval measured, arms side by side; refusal[:SUITE] measures what is refused;
                                 eval diff A.json B.json compares two runs
  lsp --stdio                    the language server
  mcp                            tools for agents over stdio, by the Model Context Protocol

DIR defaults to the current folder. A model for ask: SCHOLIA_BASE_URL, SCHOLIA_MODEL, SCHOLIA_API_KEY.
A model that fills gaps, for complete: SCHOLIA_COMPLETION_BASE_URL, SCHOLIA_COMPLETION_MODEL, SCHOLIA_COMPLETION_API_KEY.
An embedder of your own: SCHOLIA_EMBEDDER_BASE_URL, SCHOLIA_EMBEDDER_MODEL, SCHOLIA_EMBEDDER_API_KEY, or SCHOLIA_EMBEDDER_FOLDER.`;

const ARMS: readonly Arm[] = ['lexical', 'dense', 'hybrid', 'full'];
const POINTED_MS = 5_000;
const FLOWS = ['naive'];
const MAX_LIMIT = 1000;

const OPTIONS = {
  root: { type: 'string' },
  store: { type: 'string' },
  json: { type: 'boolean' },
  limit: { type: 'string' },
  arm: { type: 'string' },
  flow: { type: 'string' },
  explain: { type: 'boolean' },
  queries: { type: 'string' },
  file: { type: 'string' },
  'context-only': { type: 'boolean' },
  yes: { type: 'boolean' },
  onnx: { type: 'string' },
  stdio: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

interface Invocation {
  engine: Engine;
  words: string[];
  values: Values;
}

const commands: Record<string, (invocation: Invocation) => Promise<void>> = {
  async index({ engine, values }) {
    await engine.check();
    const report = await update(engine);
    print(values, report, reportText);
  },

  async search({ engine, words, values }) {
    const limit = limitOf(values.limit, 20);
    const arm = armOf(values.arm);
    const query = words.join(' ');
    if (!values.queries && query === '') throw usage('search needs a query');
    await update(engine);
    await using snapshot = await engine.snapshot();
    if (!values.queries) {
      const hits = await snapshot.search(query, limit, { arm });
      print(values, hits, () => hitsText(hits, values.explain ?? false));
      return;
    }
    for (const { id, query: asked } of readQueries(values.queries))
      process.stdout.write(`${JSON.stringify({ id, hits: await snapshot.search(asked, limit, { arm }) })}\n`);
  },

  async ask({ engine, words, values }) {
    const question = words.join(' ');
    if (question === '') throw usage('ask needs a question');
    if (values.flow && !FLOWS.includes(values.flow))
      throw usage(`There is no flow ${values.flow}: ${FLOWS.join(', ')}`);
    await update(engine);
    await using snapshot = await engine.snapshot();
    const answer = await snapshot.ask({ question, history: [] }, answerLimits());
    print(values, answer, () => answerText(answer, { explain: values.explain ?? false, colour: process.stdout.isTTY }));
  },

  async hover({ engine, words, values }) {
    const at = placeOf(words[0] ?? '', 'hover');
    await update(engine);
    await using snapshot = await engine.snapshot();
    const card = await snapshot.hover(at);
    const result = { markdown: card ? hoverMarkdown(card) : '', citations: card?.citations ?? [] };
    print(values, result, () => visible(result.markdown) || 'Nothing is known of what stands there.');
  },

  async mcp({ engine }) {
    // A bundle of its own: the protocol's library is no weight of other commands.
    const bundle = pathToFileURL(join(distFolder(), 'server/mcp.cjs')).href;
    const { serve } = (await import(bundle)) as typeof import('./mcp/server.js');
    await serve({ engine, answers: answerLimits(), version: VERSION, log });
  },

  async complete({ engine, words, values }) {
    const at = placeOf(words[0] ?? '', 'complete');
    await update(engine);
    const config = resolveConfig(userSettings());
    const { settings } = config;
    const only = values['context-only'] ?? false;
    const model = only ? null : await openInfill(config, userKey('completion', settings['completion.baseUrl']), log);
    if (!model && !only)
      throw new EngineError(
        'unavailable',
        'No completion model is set: SCHOLIA_COMPLETION_BASE_URL and SCHOLIA_COMPLETION_MODEL name one; --context-only needs none',
      );
    await using snapshot = await engine.snapshot();
    const { insert, context, steps } = await snapshot.complete(
      at,
      {
        contextTokens: settings['completion.contextTokens'],
        maxTokens: settings['completion.maxTokens'],
        inText: settings['completion.inText'],
      },
      { model },
    );
    print(values, { insert, context, steps }, ({ context: items }) => (only ? contextText(items) : insert));
  },

  async status({ engine, values }) {
    if (values.file === undefined) return print(values, await engine.status(), statusText);
    print(values, await engine.explain(pathOf(values.file)), explanationText);
  },
};

// A reader that closed its end has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

main(process.argv.slice(2)).catch((error) => {
  const wrongUsage = error instanceof EngineError && error.kind === 'usage';
  process.stderr.write(`scholia: ${visible(messageOf(error))}\n${wrongUsage ? `\n${USAGE}\n` : ''}`);
  process.exitCode = wrongUsage ? 2 : 1;
});

async function main(args: string[]): Promise<void> {
  if (args[0] === 'eval') return evaluate(args.slice(1), { dist: distFolder(), pathOf: fromCaller });
  const { values, positionals } = parse(args);
  const [command = '', ...words] = positionals;
  if (values.help || command === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const missing = missingRuntime();
  if (missing) throw new EngineError('unavailable', missing);
  if (command === 'lsp') {
    if (!values.stdio) throw usage('lsp speaks over --stdio only');
    const { serve } = await import('./lsp/server.js');
    serve({ dist: distFolder(), storeBase: storeBase(values) });
    return;
  }
  if (command === 'model') {
    const { runModelCommand } = await import('./cliModel.js');
    const { json = false, yes = false, onnx } = values;
    return runModelCommand({ words, folder: modelsFolder(storeBase(values)), hub: userHub(), json, yes, onnx });
  }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw usage(command ? `There is no command ${command}` : 'A command is missing');
  const settings = userSettings();
  const model = ['ask', 'mcp', 'status'].includes(command)
    ? await openModel(resolveConfig(settings), userKey('model', settings['model.baseUrl'] ?? ''), log)
    : null;
  const looked = model?.look();
  const services = createModelServices({
    dist: distFolder(),
    models: modelsFolder(storeBase(values)),
    keyFor: userKey,
    // An agent's stdin is the protocol's: there is nobody to ask.
    confirm: async (sentence) =>
      command === 'mcp' ? (values.yes ?? false) : agrees(`${sentence}. Go on?`, values.yes ?? false),
    log,
  });
  const engine = await openEngine({
    root: fromCaller(values.root ?? '.'),
    storeBase: storeBase(values),
    dist: distFolder(),
    services,
    settings,
    model: () => model,
    // Whoever types a command in a terminal, or writes it into an agent's configuration, has chosen the folder.
    trusted: true,
    // Nobody rests a pointer here, and each grammar is loaded anew.
    pointedMs: POINTED_MS,
    log,
  });
  try {
    await looked;
    await run({ engine, words, values }).catch((error) => {
      // The damaged store was set aside, and the command's own update fills the fresh one.
      if (kindOf(error) !== 'store-damaged' || values.queries) throw error;
      return run({ engine, words, values });
    });
  } finally {
    await engine.close();
    await services.close();
  }
}

function log(level: LogLevel, message: string): void {
  if (level === 'warn' || level === 'error') process.stderr.write(`${visible(message)}\n`);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(messageOf(error));
  }
}

async function update(engine: Engine) {
  const bar = progressBar(process.stderr);
  const controller = new AbortController();
  const interrupt = () => controller.abort(new EngineError('unavailable', 'Interrupted; what was indexed is kept'));
  process.once('SIGINT', interrupt);
  try {
    return await engine.update({ onProgress: bar.show, signal: controller.signal });
  } finally {
    bar.end();
    process.off('SIGINT', interrupt);
  }
}

function answerLimits() {
  const { settings } = resolveConfig(userSettings());
  return { contextTokens: settings['answer.contextTokens'], maxAnswerTokens: settings['model.maxAnswerTokens'] };
}

function print<T>(values: Values, result: T, text: (result: T) => string): void {
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${text(result)}\n`);
}

function usage(message: string): EngineError {
  return new EngineError('usage', message);
}

/** Relative paths are the caller's: npm runs scripts in the project's folder and names the caller's in INIT_CWD. */
function fromCaller(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

function storeBase(values: Values): string | undefined {
  return values.store === undefined ? undefined : fromCaller(values.store);
}

function distFolder(): string {
  return join(__dirname, '..');
}

function limitOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw usage(`--limit is a number from 1 to ${MAX_LIMIT}`);
  return limit;
}

function armOf(text: string | undefined): Arm | undefined {
  const arm = ARMS.find((one) => one === text);
  if (text !== undefined && !arm) throw usage(`There is no arm ${text}: ${ARMS.join(', ')}`);
  return arm;
}

function placeOf(text: string, command: string): { path: string; line: number; column: number } {
  const match = /^(.+):(\d+):(\d+)$/.exec(text);
  if (!match) throw usage(`${command} needs FILE:LINE:COLUMN`);
  return {
    path: pathOf(match[1]!),
    line: Number(match[2]),
    column: Number(match[3]),
  };
}

/** A file as it is named on the command line, relative to the root. */
function pathOf(text: string): string {
  return text.replaceAll('\\', '/').replace(/^\.\//, '');
}

function* readQueries(file: string): Generator<{ id: unknown; query: string }> {
  const text = readFileSync(file === '-' ? 0 : fromCaller(file), 'utf8');
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let row: { id?: unknown; query?: unknown } | null;
    try {
      row = JSON.parse(line);
    } catch {
      throw usage(`Line ${i + 1} of ${file} is not JSON`);
    }
    if (typeof row?.query !== 'string') throw usage(`Line ${i + 1} of ${file} has no query`);
    yield { id: row.id, query: row.query };
  }
}
