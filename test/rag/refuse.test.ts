/** When there is no answer. */
import { expect, test } from 'vitest';
import { toQuery } from '../../server/src/rag/query.js';
import { type Found, judge } from '../../server/src/rag/refuse.js';
import { statisticsOf } from './passages.js';

const STATISTICS = statisticsOf(1000, { brass: 5, lantern: 10, kubernet: 0, ingres: 0 });

function judged(question: string, texts: string[], options: Partial<Found> = {}) {
  return judge(toQuery(question), { texts, statistics: STATISTICS, named: false, nearness: null, ...options });
}

test('passages that hold the question answer it', () =>
  expect(judged('brass lantern', ['the brass lantern'])).toEqual({
    answerable: true,
    coverage: 1,
    answerability: 1,
    missing: [],
  }));

test('passages that hold none of it do not, and what is missing is named, the rarest first', () => {
  const judgement = judged('lantern kubernetes brass', ['something else']);
  expect(judgement).toMatchObject({ answerable: false, coverage: 0 });
  expect(judgement.missing).toEqual(['kubernet', 'brass', 'lantern']);
});

test('words scattered over several passages are no answer by themselves', () => {
  const { coverage } = judged('brass lantern', ['brass', 'lantern']);
  expect(coverage).toBeLessThan(0.6);
});

test('a name that is defined here is answered, whatever else is missing', () =>
  expect(judged('kubernetes lightLantern', ['function lightLantern'], { named: true }).answerable).toBe(true));

test('without passages or without words there is no answer', () => {
  expect(judged('brass', [], { named: true }).answerable).toBe(false);
  expect(judged('???', ['brass'])).toEqual({ answerable: false, coverage: 0, answerability: 0, missing: [] });
});

test('meaning answers what shares no word with the code, and lifts what shares a few', () => {
  const far = judged('kubernetes ingress', ['something else'], { nearness: 0.2 });
  const near = judged('kubernetes ingress', ['something else'], { nearness: 0.7 });
  expect([far.answerable, near.answerable]).toEqual([false, true]);
  expect(near).toMatchObject({ coverage: 0, missing: ['kubernet'] });
  const half = (nearness: number) => judged('brass lantern', ['brass'], { nearness }).answerability;
  expect(half(0.5)).toBeGreaterThan(half(0.2));
  expect(half(0.5)).toBeGreaterThan(judged('brass lantern', ['oil'], { nearness: 0.5 }).answerability);
});

test('a question in Chinese about code in English is judged by meaning alone', () => {
  const asked = (nearness: number) => judged('怎样点亮灯笼？', ['the lantern is lit'], { nearness }).answerable;
  expect([asked(0.1), asked(0.3)]).toEqual([false, true]);
  expect(judged('how are kubernetes ingresses lit', ['the lantern'], { nearness: 0.3 }).answerable).toBe(false);
});
