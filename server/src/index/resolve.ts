/**
 * A name in the code to the definitions that it can mean. Pure.
 *
 * Nearest first: the same file, then what the file imports, then its folder, then the only file of the workspace that
 * defines it. Types are not inferred, so a method is found by its name alone; where several files are left the result
 * holds them all and says so, instead of choosing silently.
 */
import type { LineRange } from '../base/answer.js';
import type { ResolvedImport } from './imports.js';
import { languageFamily } from './languages.js';
import { folderOf } from './places.js';
import type { ReferenceKind } from './references.js';
import type { FileRole } from './roles.js';

/** What resolving looks at of a definition. */
export interface Candidate extends LineRange {
  name: string;
  kind: string;
  signature: string;
  path: string;
  role: FileRole;
  language: string;
  /** How central its file is. */
  rank: number;
}

export interface Named {
  name: string;
  kind: ReferenceKind;
  /** It stands behind what it belongs to: a value, a type, a module. */
  isMember: boolean;
  path: string;
  role: FileRole;
  language: string;
}

export interface Resolution<Definition> {
  /** Those in sources and in central files first where they are ambiguous. Empty: nothing of the workspace. */
  definitions: Definition[];
  /** Several files define it, and nothing tells which is meant. */
  ambiguous: boolean;
  /** Nothing but the name connects the two. */
  byName: boolean;
}

/** What is called may be defined as these; as anything else only where there is none of them. */
const CALLABLE = new Set(['function', 'method', 'class', 'interface', 'type', 'enum']);
const TYPES = new Set(['class', 'interface', 'type', 'enum']);
/** Where a method is never called by its bare name. */
const METHODS_NEED_OWNER = new Set(['typescript', 'python', 'go', 'rust', 'php']);
/** Where files of one folder see each other without an import. */
const FOLDER_IS_SCOPE = new Set(['go', 'java', 'csharp']);
/** No code means these by a name. */
const UNNAMED = new Set(['module', 'key', 'rule', 'heading']);
/** How far a name is followed through files that import it only to pass it on. */
export const MAX_PASSED_ON = 3;

/** `candidates`: the definitions of exactly that name. `importsOf`: what a file imports, for this file and those it passes through. */
export function resolveName<Definition extends Candidate>(
  reference: Named,
  candidates: readonly Definition[],
  importsOf: (path: string) => readonly ResolvedImport[],
): Resolution<Definition> {
  const fit = fitting(reference, candidates);
  const connected = nearest(reference, fit, importsOf);
  const whole = completed(connected ?? fit, fit);
  const ambiguous = new Set(whole.filter((each) => !isPrototype(each)).map(({ path }) => path)).size > 1;
  return { definitions: ambiguous ? whole.sort(byWeight) : whole, ambiguous, byName: connected === null };
}

/** Null where nothing connects the reference to any of them; empty where it means something outside. */
function nearest<Definition extends Candidate>(
  { name, isMember, path, language }: Named,
  fit: readonly Definition[],
  importsOf: (path: string) => readonly ResolvedImport[],
): readonly Definition[] | null {
  const within = (files: ReadonlySet<string>) => fit.filter((candidate) => files.has(candidate.path));
  const same = within(new Set([path]));
  if (same.length > 0) return same;

  const beside = fit.filter((candidate) => folderOf(candidate.path) === folderOf(path));
  const imports = importsOf(path);
  const naming = imports.filter(({ names }) => names.includes(name));
  // A name that is taken from outside is defined outside, whatever has the same name here.
  if (naming.length > 0 && naming.every(({ files }) => files.length === 0)) return [];
  const named = follow(naming);
  if (named.length > 0) return named;
  if (!isMember && beside.length > 0 && FOLDER_IS_SCOPE.has(languageFamily(language))) return beside;
  const imported = follow(imports);
  if (imported.length > 0) return imported;
  return beside.length > 0 ? beside : null;

  /** In the files that are imported, or in those that they pass the name on from. */
  function follow(some: readonly ResolvedImport[]): readonly Definition[] {
    const seen = new Set([path]);
    let files = new Set(some.flatMap((each) => each.files));
    for (let depth = 0; depth <= MAX_PASSED_ON && files.size > 0; depth++) {
      const found = within(files);
      if (found.length > 0) return found;
      for (const file of files) seen.add(file);
      const next = [...files].flatMap((file) => passedOn(importsOf(file), name));
      files = new Set(next.filter((file) => !seen.has(file)));
    }
    return [];
  }
}

/** The files that a file may pass a name on from: those it names it for, or takes as a whole. */
function passedOn(imports: readonly ResolvedImport[], name: string): string[] {
  return imports.filter(({ names }) => names.length === 0 || names.includes(name)).flatMap(({ files }) => files);
}

function fitting<Definition extends Candidate>(
  { kind, isMember, role, language }: Named,
  candidates: readonly Definition[],
): readonly Definition[] {
  const family = languageFamily(language);
  const spoken = candidates.filter((each) => languageFamily(each.language) === family && !UNNAMED.has(each.kind));
  // Tests use sources, never the other way round.
  const open = role === 'source' ? preferring(spoken, (each) => each.role !== 'test') : spoken;
  const apt = preferring(open, (each) => (kind === 'type' ? TYPES : CALLABLE).has(each.kind));
  return isMember || !METHODS_NEED_OWNER.has(family) ? apt : preferring(apt, (each) => each.kind !== 'method');
}

function preferring<T>(list: readonly T[], isBetter: (item: T) => boolean): readonly T[] {
  const better = list.filter(isBetter);
  return better.length > 0 ? better : list;
}

/** A prototype in a header stands for the function that it announces. */
function completed<Definition extends Candidate>(
  found: readonly Definition[],
  fit: readonly Definition[],
): Definition[] {
  if (found.length === 0 || !found.every(isPrototype)) return [...found];
  return [...found, ...fit.filter((candidate) => !isPrototype(candidate))];
}

function isPrototype({ language, signature }: Candidate): boolean {
  return languageFamily(language) === 'c' && signature.endsWith(';');
}

function byWeight(a: Candidate, b: Candidate): number {
  const isOther = ({ role }: Candidate) => Number(role !== 'source');
  return isOther(a) - isOther(b) || b.rank - a.rank || (a.path < b.path ? -1 : 1) || a.startLine - b.startLine;
}
