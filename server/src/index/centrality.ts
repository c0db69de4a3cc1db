/**
 * How central each file is: PageRank over what files import and call. Pure.
 *
 * Only what is certain makes an edge: a resolved import, or a name that a single file defines and that the file can be
 * seen to mean. Files come in order of paths and sums run in that order, so the same files give the same ranks to the
 * last bit. Page, Brin, Motwani, Winograd: The PageRank Citation Ranking (1999).
 */
import type { ImportResolver } from './imports.js';
import { languageFamily } from './languages.js';
import { folderOf } from './places.js';
import type { Import } from './references.js';

/** What a file has before it was ranked. */
export const MEAN_RANK = 1;

const DAMPING = 0.85;
const ITERATIONS = 20;

export interface LinkedFile {
  path: string;
  language: string;
  /** Read when asked for: the links of a hundred thousand files are not held at once. */
  links(): FileLinks;
}

export interface FileLinks {
  imports: readonly Import[];
  /** What it refers to, each with whether that stands behind an owner everywhere, as in `x.get()`. */
  names: ReadonlyMap<string, boolean>;
}

/** Weighted edges between files by their places; several from one file to another add up. */
export interface FileGraph {
  count: number;
  from: number[];
  to: number[];
  weight: number[];
}

/** `files` in order of paths. `definers`: who defines each name as something that can be called or typed. */
export function fileGraph(
  files: readonly LinkedFile[],
  definers: Pick<Definers, 'only'>,
  resolve: ImportResolver,
): FileGraph {
  const places = new Map(files.map(({ path }, i) => [path, i]));
  const graph: FileGraph = { count: files.length, from: [], to: [], weight: [] };
  for (const [from, file] of files.entries()) {
    const add = (to: number, weight: number) => {
      if (to === from) return;
      graph.from.push(from);
      graph.to.push(to);
      graph.weight.push(weight);
    };
    const imported = new Set<string>();
    const { imports, names } = file.links();
    for (const each of imports)
      for (const { files: targets } of resolve(file, each))
        for (const target of targets) {
          imported.add(target);
          add(places.get(target)!, 1 / targets.length);
        }
    for (const [name, onlyMember] of names) {
      const definer = definers.only(name, languageFamily(file.language));
      if (definer === null) continue;
      // `x.get()` is hardly the only `get` of the workspace unless something connects the two.
      const path = files[definer]!.path;
      if (!onlyMember || imported.has(path) || folderOf(path) === folderOf(file.path)) add(definer, 1);
    }
  }
  return graph;
}

export interface Definers {
  /** A file, by its place, defines a name. */
  add(name: string, family: string, place: number): void;
  /** The only file of the language family that defines the name; null where there is none, or several. */
  only(name: string, family: string): number | null;
}

export function createDefiners(): Definers {
  const families = new Map<string, Map<string, number>>();
  const SEVERAL = -1;
  return {
    add(name, family, place) {
      let names = families.get(family);
      if (!names) {
        names = new Map();
        families.set(family, names);
      }
      names.set(name, (names.get(name) ?? place) === place ? place : SEVERAL);
    },
    only(name, family) {
      const place = families.get(family)?.get(name) ?? SEVERAL;
      return place === SEVERAL ? null : place;
    },
  };
}

/** One rank for each file; their mean is 1. */
export function pageRank({ count, from, to, weight }: FileGraph): Float64Array {
  const out = new Float64Array(count);
  for (let e = 0; e < from.length; e++) out[from[e]!]! += weight[e]!;
  let ranks = new Float64Array(count).fill(MEAN_RANK);
  for (let round = 0; round < ITERATIONS; round++) {
    const next = new Float64Array(count);
    let loose = 0;
    for (let i = 0; i < count; i++) if (out[i] === 0) loose += ranks[i]!;
    // A file that refers to nothing gives its rank to all.
    next.fill(1 - DAMPING + (DAMPING * loose) / Math.max(1, count));
    for (let e = 0; e < from.length; e++) next[to[e]!]! += (DAMPING * ranks[from[e]!]! * weight[e]!) / out[from[e]!]!;
    ranks = next;
  }
  return ranks;
}
