/**
 * What searches by meaning, and what it is sent, in words. Pure: of the status, and of one answer's record, which stays
 * true when the settings are others.
 */
import type { SearchModel, Trace } from '../../server/src/base/answer.js';
import { destinationName, isElsewhere } from '../../server/src/base/destination.js';
import { countOf, paragraph, phrase, t } from '../../server/src/base/l10n.js';
import { type SearchPart, type Summary, shownPlace, staysHere } from './summary.js';

export const WITHOUT_MEANING = phrase('Search is by words and names, not by meaning.');

const SENT: Record<SearchPart['role'], string> = {
  embedder: phrase('Passages of your code and your questions are sent to {0}.'),
  nextEmbedder: phrase('Passages of your code are sent to {0}.'),
  reranker: phrase('Your questions and the passages found for them are sent to {0}.'),
};

const TASK: Record<SearchPart['role'], string> = {
  embedder: '',
  nextEmbedder: phrase('Takes over when every passage has a vector of it.'),
  reranker: phrase('Puts the best passages in order.'),
};

/** What a model of the search does, where, and what is sent to it. */
export function searchPartSentence(part: SearchPart, summary: Pick<Summary, 'model' | 'search'>): string {
  const { role, dimensions, device } = part;
  const size = dimensions === null ? '' : countOf(dimensions, 'dimension');
  const task = TASK[role] && t(TASK[role]);
  if (isServer(device)) return paragraph([size && t('{0}.', size), task, sentSentence(part)]);
  const where = deviceText(device);
  const runs = size ? t('{0}, {1}.', size, where) : t('Runs {0}.', where);
  return paragraph([runs, task, staysHere(summary) && t('Nothing leaves this machine.')]);
}

/** Where a model runs, in words: a processor, a graphics card, a server by its address. */
export function deviceText(device: string): string {
  if (isServer(device)) return t('at {0}', shownPlace(device));
  return device === 'cpu' ? t('on this machine’s processor') : t('on this machine ({0})', device);
}

/** What goes to other machines so that a search finds more, a sentence for each. */
export function sentElsewhere({ search }: Pick<Summary, 'search'>): { where: string; sentence: string }[] {
  return search
    .filter(({ device }) => isElsewhere(device))
    .map((part) => ({ where: withoutScheme(part.device), sentence: sentSentence(part) }));
}

function sentSentence({ role, device }: SearchPart): string {
  return t(SENT[role], shownPlace(device));
}

/** Who answered and what left the machine. `stayed`: nothing did. */
export function answeredBy({ sent, model, searchModels }: Trace): { text: string; stayed: boolean } {
  const askedModel = sent.length > 0 && (model.destination === '' || isElsewhere(model.destination));
  const elsewhere = searchModels.filter(({ device }) => isElsewhere(device));
  const stayed = !askedModel && elsewhere.length === 0;
  const who = model.destination
    ? `${model.name || t('model')} @ ${destinationName(model.destination)}`
    : t('Extractive');
  const parts = [
    who,
    ...(askedModel && !model.destination ? [t('after a model was asked')] : []),
    ...elsewhere.map((one) => t('{0} sent to {1}', contents(one), withoutScheme(one.device))),
    ...(stayed ? [t('nothing left this machine')] : []),
  ];
  return { text: parts.join(' · '), stayed };
}

/** What the search sent to servers for one answer, on other machines or this one. */
export function searchSent({ searchModels }: Trace): { sentence: string; question: string }[] {
  return searchModels
    .filter(({ device }) => isServer(device))
    .map((one) => {
      const { role, name, device, question, failure } = one;
      const what = countOf(one.passages, 'passage');
      const to = [name, shownPlace(device)];
      const sentence =
        role === 'embedder'
          ? one.passages > 0
            ? t('The question and {0} were sent to {1} at {2}, to be compared by meaning.', what, ...to)
            : t('The question was sent to {0} at {1}, to be compared by meaning.', ...to)
          : one.passages > 0
            ? t('The question and {0} were sent to {1} at {2}, to be put in order.', what, ...to)
            : t('The question was sent to {0} at {1}, to be put in order.', ...to);
      const outcome = failure ? t('It was in vain: {0}.', failure.replace(/\.$/, '')) : '';
      return { sentence: paragraph([sentence, outcome]), question };
    });
}

function contents({ passages }: SearchModel): string {
  return passages > 0 ? t('the question and {0}', countOf(passages, 'passage')) : t('the question');
}

function isServer(device: string): boolean {
  return /^https?:/.test(device);
}

function withoutScheme(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
