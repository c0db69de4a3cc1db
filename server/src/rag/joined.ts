/**
 * Several folders searched as one: paths begin with their folder's name, and scores are those that one index of all
 * would give, since each folder is searched by the statistics of all.
 */
import type { ChunkFilter } from '../index/filter.js';
import type { TermStatistics } from '../index/lexical.js';
import type { RagContext } from './chat.js';
import type { CurrentFile, IndexView } from './view.js';

export interface NamedContext {
  /** Unique, without `/`. */
  name: string;
  context: RagContext;
}

/** `parts` has one at least; what is not about a folder (model, clock, weights) is taken from the first. */
export function joinContexts(parts: readonly NamedContext[]): RagContext {
  const { context: first } = parts[0]!;
  const contextOf = new Map(parts.map(({ name, context }) => [name, context]));
  return {
    ...first,
    view: joinViews(parts.map(({ name, context }) => ({ name, view: context.view }))),
    async currentText(path): Promise<CurrentFile | null> {
      const { name, within } = divided(path);
      return (await contextOf.get(name)?.currentText(within)) ?? null;
    },
    pointed(path, text, name) {
      const { name: folder, within } = divided(path);
      return contextOf.get(folder)!.pointed(within, text, name);
    },
    async includes(path) {
      const { name, within } = divided(path);
      return (await contextOf.get(name)?.includes(within)) ?? false;
    },
    lineHistory(path, range, signal) {
      const { name, within } = divided(path);
      return contextOf.get(name)!.lineHistory(within, range, signal);
    },
    async searched() {
      const all = await Promise.all(parts.map(({ context }) => context.searched()));
      const sum = (pick: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + pick(one), 0);
      const scans = all.map(({ scannedAt }) => scannedAt);
      return {
        files: sum(({ files }) => files),
        chunks: sum(({ chunks }) => chunks),
        failed: sum(({ failed }) => failed),
        waiting: sum(({ waiting }) => waiting),
        // As old as its oldest part.
        scannedAt: scans.includes(null) ? null : scans.reduce((a, b) => (a! < b! ? a : b), scans[0]!),
      };
    },
  };
}

interface NamedView {
  name: string;
  view: IndexView;
}

/** The filter as one folder has it. Nothing stands in a file without a name. */
function filterIn({ name }: NamedView, filter: ChunkFilter | null): ChunkFilter | null {
  if (!filter?.within?.length || filter.within.includes(name)) return filter && { ...filter, within: [] };
  const own = filter.within.flatMap((place) => (place.startsWith(`${name}/`) ? [place.slice(name.length + 1)] : []));
  return { ...filter, within: own.length > 0 ? own : ['/'] };
}

function joinViews(parts: readonly NamedView[]): IndexView {
  /** Asks every folder and names it in what comes back. */
  async function all<Row extends { path: string }>(ask: (view: IndexView) => Promise<Row[]>): Promise<Row[]> {
    const found = await Promise.all(parts.map(async (part, i) => named(part, i, await ask(part.view))));
    return found.flat();
  }

  /** Asks each folder about its own places, and puts the answers in the order of the places. */
  async function each<Place extends { path: string }, Result>(
    places: readonly Place[],
    ask: (view: IndexView, own: Place[]) => Promise<Result[]>,
    name: (part: NamedView, i: number, result: Result) => Result,
    missing: Result,
  ): Promise<Result[]> {
    const results = places.map(() => missing);
    await Promise.all(
      parts.map(async (part, i) => {
        const mine = places.flatMap((place, at) => {
          const { name: folder, within } = divided(place.path);
          return folder === part.name ? [{ at, place: { ...place, path: within } }] : [];
        });
        if (mine.length === 0) return;
        const found = await ask(
          part.view,
          mine.map(({ place }) => place),
        );
        for (const [k, { at }] of mine.entries()) results[at] = name(part, i, found[k]!);
      }),
    );
    return results;
  }

  /** Rows of two folders must not share a number. */
  function named<Row extends { path: string }>({ name }: NamedView, i: number, rows: readonly Row[]): Row[] {
    return rows.map((row) => ({
      ...row,
      path: `${name}/${row.path}`,
      ...('id' in row && { id: (row.id as number) * parts.length + i }),
    }));
  }

  function withFiles<Found extends { files: string[] }>({ name }: NamedView, found: Found): Found {
    return { ...found, files: found.files.map((path) => `${name}/${path}`) };
  }

  const folderOf = (id: number) => ((id % parts.length) + parts.length) % parts.length;

  /** Numbers of one folder's chunks, as the folder has them. */
  function numbersIn(i: number, ids: readonly number[]): number[] {
    return ids.filter((id) => folderOf(id) === i).map((id) => (id - i) / parts.length);
  }

  /** What each folder said of its own, in the order of all. */
  function spread<Value>(ids: readonly number[], said: readonly (readonly Value[])[]): Value[] {
    const next = said.map(() => 0);
    return ids.map((id) => {
      const i = folderOf(id);
      return said[i]![next[i]!++]!;
    });
  }

  function viewOf(path: string): { part: NamedView | undefined; i: number; within: string } {
    const { name, within } = divided(path);
    const i = parts.findIndex((part) => part.name === name);
    return { part: parts[i], i, within };
  }

  return {
    async lexical({ also, filter = null, ...query }) {
      const alone = await Promise.all(
        parts.map((part) => part.view.lexical({ ...query, filter: filterIn(part, filter), limit: 1 })),
      );
      const statistics = joinStatistics(alone.map((result) => result.statistics));
      const found = await Promise.all(
        parts.map(async (part, i) => {
          const own = { filter: filterIn(part, filter), also: also && numbersIn(i, also) };
          const result = await part.view.lexical({ ...query, ...own, statistics });
          return { ...result, candidates: named(part, i, result.candidates) };
        }),
      );
      const candidates = found.flatMap((result) => result.candidates);
      candidates.sort((a, b) => b.lexical - a.lexical || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
      return {
        candidates: candidates.slice(0, query.limit),
        also: spread(
          also ?? [],
          found.map((result) => result.also),
        ),
        statistics,
      };
    },
    async dense(question, limit, filter) {
      const found = await Promise.all(
        parts.map(async (part, i) => {
          const near = await part.view.dense(question, limit, filterIn(part, filter));
          return near && named(part, i, near);
        }),
      );
      if (found.every((near) => near === null)) return null;
      const candidates = found.flatMap((near) => near ?? []);
      candidates.sort((a, b) => b.similarity - a.similarity || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
      return candidates.slice(0, limit);
    },
    async nearness(question, filter, chunks) {
      const own = parts.map((_, i) => numbersIn(i, chunks));
      const near = await Promise.all(
        parts.map((part, i) => part.view.nearness(question, filterIn(part, filter), own[i]!)),
      );
      if (near.every((one) => one === null)) return null;
      const said = near.map((one, i) => one?.chunks ?? own[i]!.map(() => 0));
      return { nearest: Math.max(...near.map((one) => one?.nearest ?? 0)), chunks: spread(chunks, said) };
    },
    async similarities(question, chunks) {
      const found = await Promise.all(parts.map(({ view }, i) => view.similarities(question, numbersIn(i, chunks))));
      return spread(chunks, found);
    },
    embeddersAsked() {
      const all = parts.flatMap(({ view }) => view.embeddersAsked());
      // Folders of one embedder ask it the same.
      return [...new Map(all.map((model) => [JSON.stringify(model), model])).values()];
    },
    definitions: (names) => all((view) => view.definitions(names)),
    async definitionsNear(names, { near, ...bounds }) {
      const places = near.map(divided);
      const own = (name: string) => places.flatMap((place) => (place.name === name ? [place.within] : []));
      const ask = ({ name, view }: NamedView) => view.definitionsNear(names, { ...bounds, near: own(name) });
      return (await Promise.all(parts.map(async (part, i) => named(part, i, await ask(part))))).flat();
    },
    definitionsIn: (ranges) => each(ranges, (view, own) => view.definitionsIn(own), named, []),
    chunksAt: async (places) =>
      (await each(places, (view, own) => Promise.all(own.map((place) => view.chunksAt([place]))), named, [])).flat(),
    async chunksOf(path, limit) {
      const { part, i, within } = viewOf(path);
      return part ? named(part, i, await part.view.chunksOf(within, limit)) : [];
    },
    filesNamed: async (names) =>
      (await all(async (view) => (await view.filesNamed(names)).map((path) => ({ path })))).map(({ path }) => path),
    async filesBeside(path) {
      const { part, within } = viewOf(path);
      return part ? (await part.view.filesBeside(within)).map((other) => `${part.name}/${other}`) : [];
    },
    openFiles: () => parts.flatMap(({ name, view }) => view.openFiles().map((path) => `${name}/${path}`)),
    // Each folder's own, one after the other: which of two folders was changed later is not known here.
    edits: () => parts.flatMap((part, i) => named(part, i, part.view.edits())),
    texts: (ranges) =>
      each(
        ranges,
        (view, own) => view.texts(own),
        (_part, _i, text) => text,
        '',
      ),
    uses: async (name, limit) => (await all((view) => view.uses(name, limit))).slice(0, limit),
    mentions: async (name, limit) => (await all((view) => view.mentions(name, limit))).slice(0, limit),
    async commits(terms, limit) {
      const found = await Promise.all(
        parts.map(async ({ name, view }) =>
          (await view.commits(terms, limit)).map((commit) => ({
            ...commit,
            paths: commit.paths.map((path) => `${name}/${path}`),
          })),
        ),
      );
      return found
        .flat()
        .sort((a, b) => b.share - a.share || b.at - a.at)
        .slice(0, limit);
    },
    async commitsOf(path, limit) {
      const { part, within } = viewOf(path);
      return part ? part.view.commitsOf(within, limit) : [];
    },
    async references(names, bounds) {
      const first = (name: string) =>
        bounds.first.map(divided).flatMap((path) => (path.name === name ? [path.within] : []));
      const ask = ({ name, view }: NamedView) => view.references(names, { ...bounds, first: first(name) });
      return (await Promise.all(parts.map(async (part, i) => named(part, i, await ask(part))))).flat();
    },
    referencesIn: (ranges) => each(ranges, (view, own) => view.referencesIn(own), named, []),
    imports: (paths) =>
      each(
        paths.map((path) => ({ path })),
        (view, own) => view.imports(own.map(({ path }) => path)),
        (part, _i, found) => found.map((one) => withFiles(part, one)),
        [],
      ),
    async resolved(from, imported) {
      const { part, within } = viewOf(from.path);
      const found = (await part?.view.resolved({ ...from, path: within }, imported)) ?? [];
      return found.map((one) => withFiles(part!, one));
    },
    async importers(files, limit) {
      const { part, i } = viewOf(files[0]!);
      if (!part) return { sites: [], more: false };
      const { sites, more } = await part.view.importers(
        files.map((path) => divided(path).within),
        limit,
      );
      return { sites: named(part, i, sites), more };
    },
    end: async () => void (await Promise.all(parts.map(({ view }) => view.end()))),
  };
}

/** As if the chunks of all lay in one index. */
function joinStatistics(all: readonly TermStatistics[]): TermStatistics {
  const documents = new Map<string, number>();
  for (const { terms } of all)
    for (const { term, documents: count } of terms) documents.set(term, (documents.get(term) ?? 0) + count);
  const terms = [...documents].map(([term, count]) => ({ term, documents: count }));
  // Rarest first, and those that nothing holds last.
  terms.sort(
    (a, b) =>
      Number(a.documents === 0) - Number(b.documents === 0) || a.documents - b.documents || (a.term < b.term ? -1 : 1),
  );
  const chunks = all.reduce((sum, one) => sum + one.chunks, 0);
  const fields = all[0]!.averageLengths.length;
  const averageLengths = Array.from({ length: fields }, (_, field) => {
    const sum = all.reduce((total, one) => total + one.averageLengths[field]! * one.filled[field]!, 0);
    const filled = all.reduce((total, one) => total + one.filled[field]!, 0);
    return sum / Math.max(1, filled);
  });
  const filled = Array.from({ length: fields }, (_, field) => all.reduce((sum, one) => sum + one.filled[field]!, 0));
  return { terms, chunks, averageLengths, filled };
}

function divided(path: string): { name: string; within: string } {
  const end = path.indexOf('/');
  return { name: path.slice(0, end), within: path.slice(end + 1) };
}
