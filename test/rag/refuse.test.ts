/** When there is no answer. */
import { expect, test } from 'vitest';
import { toQuery } from '../../server/src/rag/query.js';
import { judge } from '../../server/src/rag/refuse.js';
import { statisticsOf } from './passages.js';

const STATISTICS = statisticsOf(1000, { brass: 5, lantern: 10, kubernet: 0, ingres: 0 });

test('passages that hold the question answer it', () =>
  expect(judge(toQuery('brass lantern'), ['the brass lantern'], STATISTICS, false)).toEqual({
    answerable: true,
    coverage: 1,
    missing: [],
  }));

test('passages that hold none of it do not, and what is missing is named, the rarest first', () => {
  const judgement = judge(toQuery('lantern kubernetes brass'), ['something else'], STATISTICS, false);
  expect(judgement).toMatchObject({ answerable: false, coverage: 0 });
  expect(judgement.missing).toEqual(['kubernet', 'brass', 'lantern']);
});

test('words scattered over several passages are no answer by themselves', () => {
  const { coverage } = judge(toQuery('brass lantern'), ['brass', 'lantern'], STATISTICS, false);
  expect(coverage).toBeLessThan(0.6);
});

test('a name that is defined here is answered, whatever else is missing', () =>
  expect(judge(toQuery('kubernetes lightLantern'), ['function lightLantern'], STATISTICS, true).answerable).toBe(true));

test('without passages or without words there is no answer', () => {
  expect(judge(toQuery('brass'), [], STATISTICS, true).answerable).toBe(false);
  expect(judge(toQuery('???'), ['brass'], STATISTICS, false)).toEqual({ answerable: false, coverage: 0, missing: [] });
});
