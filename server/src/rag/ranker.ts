/**
 * The first order put right by what questions about other repositories taught: small trees over the features of a
 * passage, each of which adds a little to its score.
 *
 * What a tree adds is told by its splits: a split on a feature speaks for as much as the passages on its side are above
 * those on both (Saabas 2014), so that the parts of a score still add up to it. Trained by `training/ranker.mjs`.
 */
import { FEATURES, featuresOf, type Judged } from './features.js';
import type { Scored } from './fuse.js';
import type { Query } from './query.js';
import { adjusted, byScore, isPointedAt, type Ranked } from './rank.js';
import trained from './ranker.json' with { type: 'json' };
import type { IndexView } from './view.js';
import { RANKER_LEAST, type RankingWeights } from './weights.js';

/** Nodes in order, the root first; of a leaf the feature is -1. */
export interface Tree {
  feature: number[];
  /** Goes left up to here. */
  cut: number[];
  left: number[];
  right: number[];
  /** What the passages of a node are worth on the whole, leaf or not. */
  value: number[];
}

export interface Ranker {
  /** What the first order's score is worth beside the trees, as a share of the best one. */
  scale: number;
  trees: Tree[];
}

/** What each part of `FEATURES` says, for one passage. */
export type Judge = (features: readonly number[]) => ReadonlyMap<string, number>;

export function createJudge({ scale, trees }: Ranker): Judge {
  const parts = Object.values(FEATURES);
  return (features) => {
    const sums = new Map<string, number>();
    for (const { feature, cut, left, right, value } of trees) {
      let node = 0;
      while (feature[node]! >= 0) {
        const split = feature[node]!;
        const next = features[split]! <= cut[node]! ? left[node]! : right[node]!;
        const part = parts[split]!;
        sums.set(part, (sums.get(part) ?? 0) + (value[next]! - value[node]!) / scale);
        node = next;
      }
    }
    return sums;
  };
}

const judge = createJudge(trained satisfies Ranker);

/** What is known of each passage before it is judged. */
export interface Evidence {
  query: Query;
  /** Of the question's terms. */
  weights: ReadonlyMap<string, number>;
  /** Of the passages, by their numbers. */
  texts: ReadonlyMap<number, string>;
  found(passage: Ranked): Scored;
  roles: RankingWeights['roles'];
}

export async function readFeatures(
  view: IndexView,
  passages: readonly Ranked[],
  { query, weights, texts, found, roles }: Evidence,
): Promise<number[][]> {
  const paths = [...new Set(passages.map(({ path }) => path))];
  const imports = await view.imports(paths);
  const importsOf = new Map(paths.map((path, i) => [path, imports[i]!.flatMap(({ files }) => files)]));
  const judged = passages.map(
    (passage): Judged => ({
      passage,
      found: found(passage),
      text: texts.get(passage.id) ?? '',
      imports: importsOf.get(passage.path)!,
    }),
  );
  return featuresOf(query, weights, judged, roles);
}

/** `passages` in order come back in a better one; a few as they are, since the trees know passages beside many others. */
export async function judged(view: IndexView, passages: readonly Ranked[], evidence: Evidence): Promise<Ranked[]> {
  if (passages.length < RANKER_LEAST) return [...passages];
  const features = await readFeatures(view, passages, evidence);
  const best = passages[0]?.score ?? 0;
  const better = passages.map((passage, i) => {
    if (isPointedAt(passage)) return passage;
    const says = [...judge(features[i]!)];
    return says.reduce((sum, [part, share]) => adjusted(sum, `ranker ${part}`, share * best), passage);
  });
  return better.sort(byScore);
}
