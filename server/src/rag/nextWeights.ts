/**
 * What each sign that a definition is used next is worth, as exponents: round numbers near those that
 * `npm run bench -- completion` fits on lines of repositories that nothing is judged on. Fitted to the letter they do no
 * better on the half that they were not fitted on.
 */
import type { Signs } from './nextNames.js';

export type NextWeights = Readonly<Record<keyof Signs, number>>;

export const NEXT_WEIGHTS: NextWeights = {
  meantAbove: 2,
  meantBelow: 2,
  mentioned: 1,
  unused: 3,
  nearest: 1,
  imported: 1.5,
  member: 1.5,
  receiver: 4,
  near: 1.5,
  similar: 2,
  similarFile: 1.5,
  open: 1,
  callable: 2,
  type: 1.5,
  field: -2,
  hidden: -1,
  test: -1.5,
  rank: 0.4,
  crowd: -3,
};

const WORDS: Partial<Record<keyof Signs, string>> = {
  receiver: 'belongs to the type of what the cursor stands behind',
  unused: 'imported by name and not used yet',
  meantAbove: 'used above',
  meantBelow: 'used below',
  mentioned: 'named near',
  imported: 'imported by name',
  member: 'belongs to a type in scope',
  similar: 'called in similar code',
  open: 'its file is open',
  near: 'its file is used near',
  nearest: 'its file is used near',
  similarFile: 'similar code uses its file',
};

/** What speaks most for it, in words. */
export function strongest(signs: Signs): string {
  const said = Object.entries(WORDS).map(([sign, words]) => {
    const key = sign as keyof Signs;
    return { words, worth: NEXT_WEIGHTS[key] * signs[key] };
  });
  const [best] = said.sort((a, b) => b.worth - a.worth);
  return best!.worth > 0 ? best!.words : 'near in the workspace';
}

/** How likely each is, in no unit: the exponent of what its signs are worth together. */
export function likelihoods(weights: NextWeights): (signs: Signs) => number {
  const pairs = Object.entries(weights) as [keyof Signs, number][];
  return (signs) => {
    let sum = 0;
    for (const [sign, weight] of pairs) sum += weight * signs[sign];
    return Math.exp(sum);
  };
}
