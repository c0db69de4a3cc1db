/** Which chunks a question is about by where they stand: `lang:go path:server/src`, or what a person chose. Pure. */
import { languageCalled } from './languages.js';
import { escaped } from './tokens.js';

/** A chunk passes with one of the languages, one of the paths and one of the places; an empty list passes all. */
export interface ChunkFilter {
  /** Language ids. */
  languages: readonly string[];
  /** Whole folder or file names, in order; `*` stands for any characters within one name. */
  paths: readonly string[];
  /** Files and folders, exactly these, from the root; empty and absent pass all. */
  within?: readonly string[];
}

const PART = /(?<!\S)(lang|path):(\S+)/g;

/** The filter that a question spells out, and the question without it; null where it has none. */
export function takeFilter(question: string): { text: string; filter: ChunkFilter | null } {
  const parts = [...question.matchAll(PART)];
  if (parts.length === 0) return { text: question, filter: null };
  const valuesOf = (kind: string) => parts.filter((part) => part[1] === kind).map((part) => part[2]!);
  const filter = {
    languages: valuesOf('lang').map((name) => languageCalled(name)?.id ?? name.toLowerCase()),
    paths: valuesOf('path'),
  };
  return { text: question.replace(PART, ' ').trim(), filter };
}

export function createPasses({
  languages,
  paths,
  within = [],
}: ChunkFilter): (file: { path: string; language: string }) => boolean {
  const patterns = paths.map(pathPattern);
  return ({ path, language }) =>
    (languages.length === 0 || languages.includes(language)) &&
    (patterns.length === 0 || patterns.some((pattern) => pattern.test(path))) &&
    (within.length === 0 || within.some((place) => path === place || path.startsWith(`${place}/`)));
}

function pathPattern(path: string): RegExp {
  const names = path
    .replace(/^\.?\/+|\/+$/g, '')
    .split('*')
    .map(escaped);
  return new RegExp(`(^|/)${names.join('[^/]*')}($|/)`, 'i');
}
