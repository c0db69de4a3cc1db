/** What the ranker is trained on: its features of what the first order gives, with what was wanted. */
import { appendFileSync } from 'node:fs';
import type { Engine } from '../engine/engine.js';
import { toQuery } from '../rag/query.js';
import { readFeatures } from '../rag/ranker.js';
import { readTexts, retrieve } from '../rag/retrieve.js';
import { LOOKED_AT, RANKING } from '../rag/weights.js';
import { overlap } from './metrics.js';
import type { Case } from './suite.js';

/** A line of the file: a question with its passages in the first order. */
export interface FeatureRow {
  id: string;
  group: string;
  part: string;
  /** Of files that are wanted, as many as were not found either. */
  wanted: number;
  passages: {
    path: string;
    /** A share of the best one. */
    score: number;
    isWanted: boolean;
    /** Null where no lines are wanted of its file. */
    hasLines: boolean | null;
    features: number[];
  }[];
}

/** Appends to `file`. Questions for facts (calls, changes) are left out: no ranker sees them. */
export async function writeFeatures(engine: Engine, cases: readonly Case[], prefix: string, file: string) {
  const { view } = await engine.context();
  try {
    for (const { id, group, parts, query: text, wanted } of cases) {
      const query = toQuery(text);
      const first = await retrieve(view, query, LOOKED_AT, { arm: 'hybrid' });
      const { passages, edges, changed, weights, found } = first;
      if (passages.length === 0 || edges.length > 0 || changed) continue;
      const texts = await readTexts(view, passages);
      const features = await readFeatures(view, passages, { query, weights, texts, found, roles: RANKING.roles });
      const best = passages[0]!.score || 1;
      const row: FeatureRow = {
        id,
        group,
        part: parts[0] ?? '',
        wanted: new Set(wanted.map(({ path }) => path)).size,
        passages: passages.map((passage, i) => {
          const own = wanted.filter(({ path }) => path === prefix + passage.path);
          const ranges = own.flatMap(({ lines }) => lines ?? []);
          return {
            path: passage.path,
            score: passage.score / best,
            isWanted: own.length > 0,
            hasLines: ranges.length > 0 ? ranges.some((range) => overlap(range, passage)) : null,
            features: features[i]!,
          };
        }),
      };
      appendFileSync(file, `${JSON.stringify(row)}\n`);
    }
  } finally {
    await view.end();
  }
}
