/**
 * What each sign that a definition is used next is worth: a softmax over the candidates, fitted by
 * `npm run bench -- completion` on lines of repositories that nothing is judged on.
 */
import type { Signs } from './nextNames.js';

export type NextWeights = Readonly<Record<keyof Signs, number>>;

export const NEXT_WEIGHTS: NextWeights = {
  above: -0.07,
  below: 0.34,
  meantAbove: 2.07,
  meantBelow: 2.07,
  mentioned: 1.03,
  usedBeside: -0.7,
  usedSimilar: -0.38,
  unused: 2,
  nearest: 1,
  imported: 1.69,
  importedFile: -0.66,
  scope: -0.14,
  beside: 0.08,
  member: 1.35,
  receiver: 4,
  near: 1.6,
  similar: 1.97,
  similarFile: 1.53,
  callable: 1.99,
  type: 1.55,
  field: -1.86,
  hidden: -0.78,
  test: -1.52,
  rank: 0.39,
  crowd: -3.37,
};

/** Exponents that add up to how likely each is, in no unit. */
export function likelihood(signs: Signs, weights: NextWeights): number {
  let sum = 0;
  for (const [sign, weight] of Object.entries(weights)) sum += weight * signs[sign as keyof Signs];
  return Math.exp(sum);
}
