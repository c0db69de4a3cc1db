/**
 * The statuses of all folders as one, for places with room for one line. Pure; knows neither the editor nor the chat.
 *
 * Where folders differ the worst wins: one folder that fails is not hidden by three that are ready.
 */
import { destinationName, isElsewhere } from '../../server/src/base/destination.js';
import { countOf, phrase, t } from '../../server/src/base/l10n.js';
import type { Status } from '../../server/src/base/status.js';

export type Statuses = readonly Status[];

/** A model that helps to search. */
export interface SearchPart {
  role: 'embedder' | 'nextEmbedder' | 'reranker';
  name: string;
  /** Null of a reranker. */
  dimensions: number | null;
  /** `cpu`, `webgpu`, …, or the origin of a server. */
  device: string;
}

export interface Summary {
  state: 'none' | Status['state'];
  progress: { done: number; total: number; step: string } | null;
  files: number;
  chunks: number;
  lines: number;
  failed: number;
  skipped: number;
  storeBytes: number;
  model: Status['model'];
  /** Of all folders, each once. */
  search: SearchPart[];
  degraded: string[];
}

const worstFirst = ['failed', 'paused', 'indexing', 'empty', 'ready'] as const;

export function summarise(statuses: Statuses): Summary {
  const sum = (pick: (status: Status) => number) => statuses.reduce((total, status) => total + pick(status), 0);
  const running = statuses.flatMap(({ progress }) => (progress ? [progress] : []));
  return {
    state: worstFirst.find((state) => statuses.some((status) => status.state === state)) ?? 'none',
    progress:
      running.length === 0
        ? null
        : {
            done: running.reduce((total, { done }) => total + done, 0),
            total: running.reduce((total, part) => total + part.total, 0),
            step: running[0]!.step,
          },
    files: sum(({ files }) => files),
    chunks: sum(({ chunks }) => chunks),
    lines: sum(({ lines }) => lines.covered),
    failed: sum(({ failed }) => failed.length),
    skipped: sum(({ skipped }) => Object.values(skipped).reduce((total, count) => total + count, 0)),
    storeBytes: sum(({ store }) => store.bytes),
    model: statuses[0]?.model ?? { name: '', destination: '' },
    search: distinct(statuses.flatMap(searchParts)),
    degraded: [...new Set(statuses.flatMap(({ degraded }) => degraded))],
  };
}

function searchParts({ embedder, nextEmbedder, reranker }: Status): SearchPart[] {
  return [
    ...(embedder ? [{ role: 'embedder' as const, ...embedder }] : []),
    ...(nextEmbedder ? [{ role: 'nextEmbedder' as const, ...nextEmbedder }] : []),
    ...(reranker ? [{ role: 'reranker' as const, dimensions: null, ...reranker }] : []),
  ];
}

function distinct<Part extends object>(parts: readonly Part[]): Part[] {
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}

/** Neither the code nor a question leaves this machine. */
export function staysHere({ model, search }: Pick<Summary, 'model' | 'search'>): boolean {
  return !isElsewhere(model.destination) && !search.some(({ device }) => isElsewhere(device));
}

/** Who answers and where the text goes, in one sentence or two. */
export function modelSentence(summary: Pick<Summary, 'model' | 'search'>): string {
  const { name, destination } = summary.model;
  if (!destination)
    return staysHere(summary)
      ? t('Answers are extracts of your code. Nothing leaves this machine.')
      : t('Answers are extracts of your code.');
  return t(
    'Questions and the passages shown under Sources are sent to {0} at {1}.',
    name || t('the model'),
    shownPlace(destination),
  );
}

/** How the model does, and how much it takes; empty where nothing is known. */
export function modelHealth({ destination, failure, contextTokens }: Summary['model']): string {
  if (!destination) return '';
  if (failure) return t('It does not answer: {0}.', failure);
  return contextTokens ? t('It takes {0} at once.', countOf(contextTokens, 'token')) : '';
}

/** An address as a sentence names it. */
export function shownPlace(destination: string): string {
  return isElsewhere(destination) ? destinationName(destination) : t('{0}, which is this machine', destination);
}

const STATES: Record<Summary['state'], string> = {
  none: phrase('no folder'),
  empty: phrase('empty'),
  indexing: phrase('indexing'),
  paused: phrase('paused'),
  ready: phrase('ready'),
  failed: phrase('failed'),
};

export function stateName(state: Summary['state']): string {
  return t(STATES[state]);
}

const STEPS: Record<string, string> = {
  scanning: phrase('looking for files'),
  indexing: phrase('indexing'),
  embedding: phrase('embedding'),
};

/** What is being done while an index is built. */
export function stepName(step: string): string {
  return t(STEPS[step] ?? step);
}

export function percentOf({ done, total }: { done: number; total: number }): number {
  return total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
}

export function sizeOf(bytes: number): string {
  const units = [t('bytes'), 'KB', 'MB', 'GB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
