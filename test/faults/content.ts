/** Everything that an index says, for comparing one that went through something with a clean build. */
import { openEngine } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { dist, scratchFolder } from '../support/engine.js';
import { contentOf } from '../support/store.js';

const QUERIES = [
  'lantern',
  'how is the brass lantern lit',
  'Rope3',
  'oil barrel',
  'harbour README',
  'returns a number',
  'tieBowline',
];

/** The store's content and the results of queries, scores included. The engine is up to date and then closed. */
export async function contentThrough(engine: Engine, storeBase: string): Promise<unknown> {
  const results: unknown[] = [];
  {
    await using snapshot = await engine.snapshot();
    for (const query of QUERIES) results.push(await snapshot.search(query, 20));
  }
  await engine.close();
  return { results, content: contentOf(storeBase) };
}

export async function contentOfCleanBuild(root: string): Promise<unknown> {
  const storeBase = scratchFolder();
  const engine = await openEngine({ root, storeBase, dist });
  await engine.update();
  return contentThrough(engine, storeBase);
}
