/**
 * What searches by meaning, and what it is sent, in words. Pure: of the status, and of one answer's record, which stays
 * true when the settings are others.
 */
import type { SearchModel, Trace } from '../../server/src/base/answer.js';
import { isElsewhere } from '../../server/src/base/destination.js';
import { countOf, type SearchPart, type Summary, shownPlace, staysHere } from './summary.js';

export const WITHOUT_MEANING = 'Search is by words and names, not by meaning.';

const SENT: Record<SearchPart['role'], string> = {
  embedder: 'Passages of your code and your questions are sent',
  nextEmbedder: 'Passages of your code are sent',
  reranker: 'Your questions and the passages found for them are sent',
};

const TASK: Record<SearchPart['role'], string> = {
  embedder: '',
  nextEmbedder: 'Takes over when every passage has a vector of it.',
  reranker: 'Puts the best passages in order.',
};

/** What a model of the search does, where, and what is sent to it. */
export function searchPartSentence(part: SearchPart, summary: Pick<Summary, 'model' | 'search'>): string {
  const { role, dimensions, device } = part;
  const size = dimensions === null ? '' : `${dimensions.toLocaleString('en')} dimensions`;
  const task = TASK[role];
  if (isServer(device)) return [size && `${size}.`, task, sentSentence(part)].filter(Boolean).join(' ');
  const where = device === 'cpu' ? 'on this machine’s processor' : `on this machine (${device})`;
  const runs = size ? `${size}, ${where}.` : `Runs ${where}.`;
  return [runs, task, staysHere(summary) && 'Nothing leaves this machine.'].filter(Boolean).join(' ');
}

/** What goes to other machines so that a search finds more, a sentence for each. */
export function sentElsewhere({ search }: Pick<Summary, 'search'>): { where: string; sentence: string }[] {
  return search
    .filter(({ device }) => isElsewhere(device))
    .map((part) => ({ where: withoutScheme(part.device), sentence: sentSentence(part) }));
}

function sentSentence({ role, device }: SearchPart): string {
  return `${SENT[role]} to ${shownPlace(device)}.`;
}

/** Who answered and what left the machine. `stayed`: nothing did. */
export function answeredBy({ sent, model, searchModels }: Trace): { text: string; stayed: boolean } {
  const askedModel = sent.length > 0 && (model.destination === '' || isElsewhere(model.destination));
  const elsewhere = searchModels.filter(({ device }) => isElsewhere(device));
  const stayed = !askedModel && elsewhere.length === 0;
  const who = model.destination ? `${model.name || 'model'} @ ${model.destination}` : 'Extractive';
  const parts = [
    who,
    ...(askedModel && !model.destination ? ['after a model was asked'] : []),
    ...elsewhere.map((one) => `${contents(one)} sent to ${withoutScheme(one.device)}`),
    ...(stayed ? ['nothing left this machine'] : []),
  ];
  return { text: parts.join(' · '), stayed };
}

/** What the search sent to servers for one answer, on other machines or this one. */
export function searchSent({ searchModels }: Trace): { sentence: string; question: string }[] {
  return searchModels
    .filter(({ device }) => isServer(device))
    .map((one) => {
      const { role, name, device, question, failure } = one;
      const purpose = role === 'embedder' ? 'to be compared by meaning' : 'to be put in order';
      const what = contents(one);
      const verb = one.passages > 0 ? 'were' : 'was';
      const outcome = failure ? ` It was in vain: ${failure.replace(/\.?$/, '.')}` : '';
      const sentence = `${what[0]!.toUpperCase()}${what.slice(1)} ${verb} sent to ${name} at ${shownPlace(device)}, ${purpose}.${outcome}`;
      return { sentence, question };
    });
}

function contents({ passages }: SearchModel): string {
  return passages > 0 ? `the question and ${countOf(passages, 'passage')}` : 'the question';
}

function isServer(device: string): boolean {
  return /^https?:/.test(device);
}

function withoutScheme(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
