/** When there is no answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toQuery } from '../../server/src/rag/query.js';
import { type Found, judge, whyRefused } from '../../server/src/rag/refuse.js';
import { LEAD_SHARPNESS } from '../../server/src/rag/weights.js';
import { statisticsOf } from './passages.js';

const STATISTICS = statisticsOf(1000, { brass: 5, lantern: 10, kubernet: 0, ingres: 0 });

function judged(question: string, texts: string[], options: Partial<Found> = {}) {
  const found = { texts, statistics: STATISTICS, named: false, names: [], near: null, ...options };
  return judge(toQuery(question), found);
}

/** Such that a score is its own exponent. */
const best = LEAD_SHARPNESS;
const near = (nearest: number, first = nearest, ...scores: number[]) => ({
  near: { nearest, first, ranked: scores.map((score, i) => ({ path: `${i}`, score })), best },
});

test('passages that hold the question answer it', () =>
  expect(judged('brass lantern', ['the brass lantern'])).toMatchObject({
    answerable: true,
    signals: { coverage: 1, unresolved: 0 },
    missing: [],
    absent: [],
    undefinedName: null,
  }));

test('passages that hold none of it do not, and what is missing is named, the rarest first', () => {
  const judgement = judged('lantern kubernetes brass', ['something else']);
  expect(judgement).toMatchObject({ answerable: false, signals: { coverage: 0 } });
  expect(judgement.missing).toEqual(['kubernet', 'brass', 'lantern']);
  expect(judgement.absent).toEqual(['kubernet']);
});

test('words scattered over several passages are no answer by themselves', () => {
  const { signals } = judged('brass lantern', ['brass', 'lantern']);
  expect(signals.coverage).toBeLessThan(0.6);
});

test('a name that is defined here is answered, whatever else is missing', () =>
  expect(judged('kubernetes lightLantern', ['function lightLantern'], { named: true }).answerable).toBe(true));

test('without passages or without words there is no answer', () => {
  expect(judged('brass', [], { named: true })).toMatchObject({ answerable: false, answerability: 0 });
  expect(judged('???', ['brass'])).toMatchObject({ answerable: false, answerability: 0, signals: { coverage: 0 } });
});

test('a question in Chinese about code in English is judged by meaning alone', () => {
  const asked = (cosine: number) => judged('怎样点亮灯笼？', ['the lantern is lit'], near(cosine)).answerable;
  expect([asked(0.1), asked(0.3)]).toEqual([false, true]);
  expect(judged('how are kubernetes ingresses lit', ['the lantern'], near(0.3)).answerable).toBe(false);
});

test('a refusal speaks as its question does', () => {
  const why = (question: string) => whyRefused(toQuery(question), judged(question, ['something else']));
  expect(why('kubernetes ingress?')).toBe('Nothing here speaks of “kubernetes”');
  expect(why('kubernetes ingress 在哪里配置？')).toMatch(/^这里没有任何内容提到“/);
  // Kana say that it is Japanese, which is not spoken yet.
  expect(why('ingress はどこですか')).not.toMatch(/\p{Script=Han}/u);
});

test('a name that is used and not defined speaks against an answer', () => {
  const asked = (...names: Found['names']) => judged('light the brass lantern', ['brass lantern'], { names });
  const used = { name: 'BrassLantern', isDefined: false };
  const [defined, partly] = [
    { ...used, isDefined: true },
    { name: 'lanternOf', isDefined: true },
  ];
  expect(asked(defined).answerability).toBe(asked().answerability);
  expect(asked(used).answerability).toBeLessThan(asked().answerability);
  expect(asked(used, partly)).toMatchObject({ undefinedName: 'BrassLantern' });
  expect(asked(used, defined)).toMatchObject({ undefinedName: null, signals: { unresolved: 1 } });
});

test('a file that leads speaks for an answer, and more so if it has several passages', () => {
  const asked = (...scores: number[]) =>
    judged('light the brass lantern', ['brass lantern'], near(0.3, 0.3, ...scores));
  expect(asked(1, 1, 1).signals.lead).toBeCloseTo(Math.E / (3 * Math.E + 37), 12);
  expect(asked(3, 1, 1).answerability).toBeGreaterThan(asked(1, 1, 1).answerability);
  expect(asked().signals.lead).toBe(0);
  const ofOneFile = [1, 1, 1].map((score) => ({ path: 'lantern.ts', score }));
  const { signals } = judged('lantern', ['lantern'], { near: { nearest: 0.3, first: 0.3, ranked: ofOneFile, best } });
  expect(signals.lead).toBeCloseTo((3 * Math.E) / (3 * Math.E + 37), 12);
  expect(signals.strength).toBeCloseTo(3 / 5, 12);
});

test('a name alone is answered by its uses, where nothing defines it', () => {
  const asked = (question: string) =>
    judged(question, ['light a brassLantern'], { names: [{ name: 'brassLantern', isDefined: false }] }).answerable;
  expect([asked('brassLantern'), asked('where is the brassLantern of kubernetes')]).toEqual([true, false]);
});

test('a refusal says of words only what is so', () => {
  const why = (question: string, texts: string[], options: Partial<Found> = {}) =>
    whyRefused(toQuery(question), judged(question, texts, options));
  expect(why('brass kubernetes', ['brass'])).toBe('Nothing here speaks of “kubernetes”');
  expect(why('brass lanterns', ['brass'])).toBe('What comes closest does not speak of “lanterns”');
  expect(why('brass lantern', ['brass'], { names: [{ name: 'Lantern', isDefined: false }] })).toMatch(
    /^“Lantern” is used here, but .* does not define it$/,
  );
  expect(why('brass lantern', ['brass lantern'])).toMatch(/^The words of the question stand here, but /);
  expect(why('???', ['brass'])).toBe('The question has no word to search for');
});

/** More of what speaks for an answer never makes one less likely. */
test('answerability lies between 0 and 1 and rises with coverage, names, agreement, lead and strength', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const words = ['brass', 'lantern', 'kubernetes', 'ingress'];
  const subset = fc.subarray(words);
  fc.assert(
    fc.property(subset, subset, share, share, fc.boolean(), (some, more, a, b, byBoth) => {
      const question = words.join(' ');
      const cosines = (first: number) => (byBoth ? near(1, first) : {});
      const names = (isDefined: boolean) => [{ name: 'BrassLantern', isDefined }];
      const of = (held: string[], options: Partial<Found>) => judged(question, [held.join(' ')], options).answerability;
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const least = of(some, { ...cosines(low), names: names(false) });
      const most = of([...some, ...more], { ...cosines(high), names: names(true) });
      expect(least).toBeGreaterThanOrEqual(0);
      expect(most).toBeLessThanOrEqual(1);
      expect(most).toBeGreaterThanOrEqual(least);
      expect(of(some, near(1, a, 1 + high, 1))).toBeGreaterThanOrEqual(of(some, near(1, a, 1 + low, 1)));
    }),
  );
});
