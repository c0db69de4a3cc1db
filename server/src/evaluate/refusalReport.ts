/** What is refused, as numbers and as tables for people. Pure. */
import { bootstrap, type Interval } from './means.js';
import type { Asked, Judged, Judgement, RefusalResult } from './refusal.js';
import { grid, number, range } from './report.js';

/** What one of the unanswerable sets comes to, against the own questions. */
export interface Measured {
  /** How often an own question is thought answerable rather than one of these: area under the ROC curve. */
  auroc: number;
  aurocInterval: Interval;
  /** Share of these questions that is answered, as shipped. */
  falseAnswers: number;
  falseAnswersInterval: Interval;
}

/** A question with what an arm made of it. */
interface Row extends Judgement {
  group: string;
  asked: Asked;
}

const UNANSWERABLE = ['foreign', 'near'] as const;
const THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** How often a value of `own` is over one of `others`, a tie being half; NaN where there are none. */
export function areaUnderCurve(own: readonly number[], others: readonly number[]): number {
  const sorted = others.toSorted((a, b) => a - b);
  const below = (value: number, orEqual: boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const won = own.reduce((sum, value) => sum + (below(value, false) + below(value, true)) / 2, 0);
  return won / (own.length * others.length);
}

export function measured(run: RefusalResult, arm: string, against: Asked): Measured {
  const rows = rowsOf(run.judged, arm);
  const [auroc, aurocInterval] = withInterval(rows, (all) => areaOf(all, against));
  const [falseAnswers, falseAnswersInterval] = withInterval(rows, (all) => answered(all, against));
  return { auroc, aurocInterval, falseAnswers, falseAnswersInterval };
}

export function refusalText(run: RefusalResult): string {
  const missing = Object.entries(run.missing).map(([reason, cases]) => `  ${cases} questions left out: ${reason}`);
  if (run.judged.length === 0) return [`refusal:${run.suite}: no questions`, ...missing].join('\n');
  const count = (asked: Asked) => run.judged.filter((one) => one.asked === asked).length;
  const groups = [...new Set(run.judged.map(({ group }) => group))].sort();
  return [
    `refusal:${run.suite}: ${count('own')} own questions, ${count('foreign')} foreign, ${count('near')} near misses; ${groups.length} repositories`,
    ...missing,
    grid(armsTable(run)),
    ...run.arms.flatMap((arm) => ['', grid(thresholdTable(rowsOf(run.judged, arm), arm))]),
    ...(groups.length > 1 ? run.arms.slice(-1).flatMap((arm) => ['', grid(groupTable(run, arm, groups))]) : []),
  ].join('\n');
}

function armsTable(run: RefusalResult): string[][] {
  const rows = run.arms.flatMap((arm) => {
    const [refused, refusedInterval] = withInterval(rowsOf(run.judged, arm), refusedOwn);
    return UNANSWERABLE.map((against) => {
      const { auroc, aurocInterval, falseAnswers, falseAnswersInterval } = measured(run, arm, against);
      return [
        `${arm}, ${against}`,
        number(auroc),
        range(aurocInterval),
        number(falseAnswers),
        range(falseAnswersInterval),
        number(refused),
        range(refusedInterval),
      ];
    });
  });
  return [['arm', 'AUROC', '95 %', 'false answers', '95 %', 'false refusals', '95 %'], ...rows];
}

/** By answerability alone. As shipped, what a question points at is answered whatever that is. */
function thresholdTable(rows: readonly Row[], arm: string): string[][] {
  const share = (asked: Asked, least: number) =>
    shareOf(
      rows.filter((row) => row.asked === asked),
      ({ answerability }) => answerability >= least,
    );
  return [
    [`${arm}, from`, 'foreign answered', 'near answered', 'own refused'],
    ...THRESHOLDS.map((least) => [
      least.toFixed(1),
      ...UNANSWERABLE.map((asked) => number(share(asked, least))),
      number(1 - share('own', least)),
    ]),
  ];
}

function groupTable(run: RefusalResult, arm: string, groups: readonly string[]): string[][] {
  return [
    [arm, 'own', 'AUROC foreign', 'near', 'answered foreign', 'near', 'own refused'],
    ...groups.map((group) => {
      const rows = rowsOf(run.judged, arm).filter((row) => row.group === group);
      return [
        group,
        String(rows.filter(({ asked }) => asked === 'own').length),
        ...UNANSWERABLE.map((asked) => number(areaOf(rows, asked))),
        ...UNANSWERABLE.map((asked) => number(answered(rows, asked))),
        number(refusedOwn(rows)),
      ];
    }),
  ];
}

function rowsOf(judged: readonly Judged[], arm: string): Row[] {
  return judged.map(({ group, asked, arms }) => ({ group, asked, ...arms[arm]! }));
}

/** Repositories are drawn, and questions inside each. */
function withInterval(rows: readonly Row[], statistic: (rows: readonly Row[]) => number): [number, Interval] {
  const groups = [...Map.groupBy(rows, ({ group }) => group).values()];
  return [statistic(rows), bootstrap(groups, (drawn) => statistic(drawn.flat()))];
}

function areaOf(rows: readonly Row[], against: Asked): number {
  const of = (asked: Asked) => rows.flatMap((row) => (row.asked === asked ? [row.answerability] : []));
  return areaUnderCurve(of('own'), of(against));
}

function answered(rows: readonly Row[], against: Asked): number {
  return shareOf(
    rows.filter(({ asked }) => asked === against),
    ({ refused }) => !refused,
  );
}

function refusedOwn(rows: readonly Row[]): number {
  return 1 - answered(rows, 'own');
}

function shareOf(rows: readonly Row[], test: (row: Row) => boolean): number {
  return rows.filter(test).length / rows.length;
}
