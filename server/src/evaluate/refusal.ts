/**
 * What is refused: each tree is asked its own questions, other repositories' questions (foreign), and its own again
 * with the files that answer them gone (near misses).
 *
 * For a near miss the files are taken from the disk and the index is brought up to date, so that nothing of them is
 * left, statistics included; they are put back afterwards. The tree is laid out anew for each run, since one that was
 * cut short leaves it incomplete.
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { kindOf, messageOf } from '../base/errors.js';
import type { Engine } from '../engine/engine.js';
import { chat, type RagContext } from '../rag/chat.js';
import type { RunOptions } from './run.js';
import type { Case, Suite, Tree } from './suite.js';
import { layOut } from './trees.js';

export const ASKED = ['own', 'foreign', 'near'] as const;
export type Asked = (typeof ASKED)[number];

export interface Judgement {
  answerability: number;
  /** What it was judged by. */
  signals: Record<string, number>;
  refused: boolean;
}

export interface Judged extends Pick<Case, 'id' | 'query' | 'parts'> {
  /** The repository that was asked. */
  group: string;
  asked: Asked;
  arms: Record<string, Judgement>;
}

export interface RefusalResult {
  suite: string;
  arms: string[];
  /** Cases that there was no tree for, by the reason. */
  missing: Record<string, number>;
  judged: Judged[];
}

/** Of how many other repositories each question is asked. */
const ASKED_ABROAD = 3;

/** By words alone, as without an embedder, and with all that there is. */
const JUDGING: Readonly<Record<string, (ctx: RagContext) => RagContext>> = {
  lexical: (ctx) => ({ ...ctx, view: { ...ctx.view, dense: async () => null, nearness: async () => null } }),
  full: (ctx) => ctx,
};

export async function runRefusal(suite: Suite, options: RunOptions): Promise<RefusalResult> {
  const arms = Object.keys(JUDGING).filter((arm) => options.arms?.includes(arm) ?? true);
  const run: RefusalResult = { suite: suite.name, arms, missing: {}, judged: [] };
  const own = Map.groupBy(suite.cases, ({ tree }) => tree);
  const abroad = foreignCases(suite);
  for (const tree of suite.trees) {
    const cases = own.get(tree.key);
    if (cases && (options.only?.includes(cases[0]!.group) ?? true))
      await runTree(tree, cases, abroad.get(tree.key) ?? [], run, options);
  }
  return run;
}

/** By tree. Each question goes to trees of other groups in turn, so that every tree is asked as many from everywhere. */
export function foreignCases({ trees, cases }: Suite): Map<string, Case[]> {
  const groups = new Map(cases.map(({ tree, group }) => [tree, group]));
  const asked = new Map<string, Case[]>(trees.map(({ key }) => [key, []]));
  let turn = 0;
  for (const one of cases) {
    const others = trees.filter(({ key }) => groups.has(key) && groups.get(key) !== one.group);
    for (let i = 0; i < Math.min(ASKED_ABROAD, others.length); i++)
      asked.get(others[turn++ % others.length]!.key)!.push(one);
  }
  return asked;
}

async function runTree(
  tree: Tree,
  own: readonly Case[],
  foreign: readonly Case[],
  run: RefusalResult,
  options: RunOptions,
): Promise<void> {
  const cache = join(options.cache, 'refusal', run.suite);
  const folder = join(cache, tree.key);
  let root: string;
  try {
    rmSync(folder, { recursive: true, force: true });
    root = layOut(tree, cache, options.repositories);
  } catch (error) {
    if (kindOf(error) !== 'unavailable') throw error;
    const reason = messageOf(error);
    run.missing[reason] = (run.missing[reason] ?? 0) + own.length;
    return;
  }
  const engine = await options.open(root);
  const { group } = own[0]!;
  const ask = async (one: Case, asked: Asked) => {
    const { id, query, parts } = one;
    run.judged.push({ id, query, parts, group, asked, arms: await judgedBy(engine, query, run.arms) });
  };
  try {
    const { files } = await engine.update();
    for (const one of own) await ask(one, 'own');
    for (const one of foreign) await ask(one, 'foreign');
    for (const one of own) {
      const taken = takeAway(folder, root, one);
      if (taken.paths.length === 0) continue;
      try {
        await engine.update();
        await ask(one, 'near');
      } finally {
        taken.putBack();
      }
    }
    options.log(
      `refusal ${run.suite} ${tree.key}: ${files} files, ${own.length} own, ${foreign.length} foreign questions`,
    );
  } finally {
    await engine.close();
    rmSync(asideOf(folder), { recursive: true, force: true });
  }
}

async function judgedBy(engine: Engine, question: string, arms: readonly string[]): Promise<Judged['arms']> {
  const judged: Judged['arms'] = {};
  for (const arm of arms) {
    const ctx = { ...JUDGING[arm]!(await engine.context()), model: null };
    try {
      const { refused, trace } = await chat(
        ctx,
        { question, history: [] },
        { contextTokens: 6000, maxAnswerTokens: 1000 },
      );
      judged[arm] = { answerability: trace.answerability, signals: trace.signals, refused };
    } finally {
      await ctx.view.end();
    }
  }
  return judged;
}

function asideOf(folder: string): string {
  return `${folder}.aside`;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Moves a question's files out of the tree. Their paths begin at its folder, or where the searched part of it does. */
function takeAway(folder: string, root: string, { wanted }: Case): { paths: string[]; putBack(): void } {
  const places = wanted.flatMap(({ path }) => [join(folder, path), join(root, path)].filter(isFile).slice(0, 1));
  const paths = [...new Set(places)].map((place) => relative(folder, place));
  const aside = asideOf(folder);
  const move = (from: string, to: string) => {
    for (const path of paths) {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      renameSync(join(from, path), join(to, path));
    }
  };
  move(folder, aside);
  return { paths, putBack: () => move(aside, folder) };
}
