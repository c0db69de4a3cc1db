/**
 * `scholia eval`: retrieval measured over suites of questions, arms side by side, and two runs compared.
 *
 * Results go to stdout, what is being done to stderr. Without a store of its own for the run, everything that it lays
 * out and indexes is in a temporary folder that goes with it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineError, messageOf } from './base/errors.js';
import { openEngine, VERSION } from './compose.js';
import { ARMS, armsText, openerOf } from './evaluate/arms.js';
import { differences, differenceText } from './evaluate/difference.js';
import { type RefusalResult, runRefusal } from './evaluate/refusal.js';
import { refusalText } from './evaluate/refusalReport.js';
import { suiteText } from './evaluate/report.js';
import { type RunOptions, runSuite, type SuiteResult } from './evaluate/run.js';
import type { Suite } from './evaluate/suite.js';
import { divideNames, loadSuites } from './evaluate/suites.js';

interface Report {
  version: string;
  at: string;
  suites: SuiteResult[];
  refusals: RefusalResult[];
}

const DEFAULT_LIMIT = 100;

const OPTIONS = {
  data: { type: 'string' },
  repos: { type: 'string' },
  arms: { type: 'string' },
  only: { type: 'string' },
  limit: { type: 'string' },
  store: { type: 'string' },
  json: { type: 'string' },
  features: { type: 'string' },
} as const;

export interface EvalContext {
  /** The build's output folder. */
  dist: string;
  /** A path as the caller meant it. */
  pathOf(text: string): string;
}

/** Rejects with a `usage` error for arguments that mean nothing. */
export async function evaluate(args: readonly string[], { dist, pathOf }: EvalContext): Promise<void> {
  const { values, positionals } = parse(args);
  const [names, ...rest] = positionals;
  if (names === 'diff') return compare(rest.map(pathOf));
  if (!names || rest.length > 0) throw usage('eval needs one list of suites, such as semble,cosqa');
  if (!values.data) throw usage('eval needs --data, the folder of the evaluation data');
  const { found, refused } = divideNames(names);
  const suites = loadSuites(found, pathOf(values.data));
  const judged = loadSuites(refused, pathOf(values.data));
  const arms = armsOf(values.arms, [...suites, ...judged]);
  const limit = limitOf(values.limit);
  const store = values.store ? pathOf(values.store) : mkdtempSync(join(tmpdir(), 'scholia-eval-'));
  const report: Report = { version: VERSION, at: new Date().toISOString(), suites: [], refusals: [] };
  const options: RunOptions = {
    arms,
    limit,
    only: values.only?.split(',') ?? null,
    repositories: values.repos && pathOf(values.repos),
    cache: join(store, 'trees'),
    features: values.features && pathOf(values.features),
    open: (root) => openEngine({ root, storeBase: store, dist, trusted: true, settings: NO_PRUNING }),
    log: (note) => process.stderr.write(`${note}\n`),
  };
  // After each: a long run that fails keeps what it has.
  const show = (text: string) => {
    process.stdout.write(`${text}\n\n`);
    if (values.json) writeFileSync(pathOf(values.json), `${JSON.stringify(report)}\n`);
  };
  try {
    for (const suite of suites) {
      const result = await runSuite(suite, options);
      report.suites.push(result);
      show(suiteText(result));
    }
    for (const suite of judged) {
      const result = await runRefusal(suite, options);
      report.refusals.push(result);
      show(refusalText(result));
    }
  } finally {
    if (!values.store) rmSync(store, { recursive: true, force: true });
  }
}

/** The next run is quick only if no store made room for another. */
const NO_PRUNING = { 'index.maxStoreMegabytes': 1_048_576 };

/** Null: every one that a suite has. */
function armsOf(list: string | undefined, suites: readonly Suite[]): string[] | null {
  const known = [...new Set(suites.map(({ arms = ARMS }) => arms))];
  const arms = list?.split(',') ?? null;
  const unknown = arms?.find((arm) => known.every((own) => openerOf(arm, own) === null));
  if (unknown !== undefined) throw usage(`There is no arm ${unknown}: ${armsText(known)}`);
  return arms;
}

function limitOf(text: string | undefined): number {
  const limit = Number(text ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw usage('--limit is a number from 1 to 1000');
  return limit;
}

function compare(files: readonly string[]): void {
  if (files.length !== 2) throw usage('eval diff needs two files that eval --json wrote');
  const [before, after] = files.map(readReport);
  const found = differences(before!.suites, after!.suites);
  process.stdout.write(`${found.map(differenceText).join('\n\n') || 'The runs have no suite and arm in common.'}\n`);
}

function readReport(file: string): Report {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(report.suites)) return report;
  } catch (error) {
    throw usage(`${file} cannot be read: ${messageOf(error)}`);
  }
  throw usage(`${file} was not written by eval --json`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function usage(message: string): EngineError {
  return new EngineError('usage', message);
}
