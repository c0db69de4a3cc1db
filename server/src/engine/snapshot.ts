/**
 * What one request sees: the store at one generation, with the open buffers over it. It never changes; whoever takes
 * one ends it.
 */
import type { Answer, Citation, Definition, Found, Hit, SearchModel, Use } from '../base/answer.js';
import type { Completion, ContextItem } from '../base/completion.js';
import type { HoverCard } from '../base/hoverCard.js';
import { linesOf, sliceLines } from '../base/text.js';
import { createPasses } from '../index/filter.js';
import { languageFamily } from '../index/languages.js';
import { maskSecrets } from '../index/secrets.js';
import type { DefinitionRow } from '../index/store/reader.js';
import type { StoreThreads } from '../index/store/threads.js';
import { wholeWord } from '../index/tokens.js';
import { type ChatConfig, type ChatOptions, type ChatTurn, chat, type RagContext } from '../rag/chat.js';
import { verify } from '../rag/cite.js';
import { type CompletionConfig, type CompletionOptions, complete } from '../rag/complete.js';
import { type ContextOptions, completionContext } from '../rag/completionContext.js';
import type { Cursor } from '../rag/cursor.js';
import { hover } from '../rag/hover.js';
import { joinContexts } from '../rag/joined.js';
import { definitionsNamed, usesNamed } from '../rag/named.js';
import { createPatience } from '../rag/patience.js';
import { toQuery } from '../rag/query.js';
import { type RetrieveOptions, retrieve } from '../rag/retrieve.js';
import type { IndexView } from '../rag/view.js';
import type { Engine } from './engine.js';
import type { Meaning, QuestionVector } from './meaning.js';
import type { OverlayView } from './overlay.js';

/** Which way to search, and what to leave out of it. */
export type SearchOptions = Pick<RetrieveOptions, 'arm' | 'without'>;

export interface Snapshot extends AsyncDisposable {
  /** Rejects with an `unavailable` error when an arm is named that there is not. */
  search(query: string, limit: number, options?: SearchOptions): Promise<Hit[]>;
  /** The last thing asked of a snapshot: its read ends before a model begins to write. */
  ask(turn: ChatTurn, config: ChatConfig, options?: ChatOptions): Promise<Answer>;
  hover(at: { path: string; line: number; column: number }): Promise<HoverCard | null>;
  /** Of a name such as `total` or `Cart.total`. */
  definitions(name: string, limit: number): Promise<Found<Definition>>;
  /** The lines that call it or use it as a type. */
  uses(name: string, limit: number): Promise<Found<Use>>;
  /** What a model should know of the repository at a place of a file as it is now, and what it then writes there. */
  complete(at: Cursor, config: CompletionConfig, options: CompletionOptions): Promise<Completion>;
  /** That context alone, of one kind: to compare kinds. */
  completionContext(text: string, at: Cursor, options: Omit<ContextOptions, 'patience'>): Promise<ContextItem[]>;
  /** Each citation as it holds now: in place, moved, or `verified: false`. */
  verify(citations: readonly Citation[]): Promise<Citation[]>;
}

/** What a snapshot answers from: a read of the store that is held until its view is ended. */
export async function openContext(
  store: StoreThreads,
  overlay: OverlayView,
  meaning: Meaning | null,
  ctx: Omit<RagContext, 'view'>,
): Promise<RagContext> {
  const { snapshot } = await store.read((reader) => reader.begin());
  return { ...ctx, view: layered(store, snapshot, overlay, meaning) };
}

/** The folders of these engines as one, their names before the paths. */
export async function snapshotOfAll(engines: readonly { name: string; engine: Pick<Engine, 'context'> }[]) {
  const parts = await Promise.all(engines.map(async ({ name, engine }) => ({ name, context: await engine.context() })));
  return snapshotOf(joinContexts(parts));
}

/** Whoever asks, by whichever way: a secret in a question is neither embedded nor sent, and in no trace. */
export function snapshotOf(rag: RagContext): Snapshot {
  return {
    search: (query, limit, options) => search(rag, maskSecrets(query).text, limit, options),
    ask: (turn, config, options) => chat(rag, maskedTurn(turn), config, options),
    hover: (at) => hover(rag, at),
    definitions: (name, limit) => definitionsNamed(rag, name, limit),
    uses: (name, limit) => usesNamed(rag, name, limit),
    complete: (at, config, options) => complete(rag, at, config, options),
    completionContext: (text, at, options) =>
      completionContext(rag.view, text, at, { ...options, patience: createPatience(rag.clock, Infinity) }),
    verify: (citations) =>
      Promise.all(
        citations.map(async (citation) => {
          const checked = await verify(citation, rag.currentText);
          return 'reason' in checked ? { ...citation, verified: false } : checked;
        }),
      ),
    [Symbol.asyncDispose]: () => rag.view.end(),
  };
}

function maskedTurn({ question, history, ...rest }: ChatTurn): ChatTurn {
  const before = history.map((turn) => ({
    ...turn,
    question: maskSecrets(turn.question).text,
    answer: maskSecrets(turn.answer).text,
  }));
  return { ...rest, question: maskSecrets(question).text, history: before };
}

async function search(
  { view, weights, reranking }: RagContext,
  text: string,
  limit: number,
  options: SearchOptions = {},
): Promise<Hit[]> {
  const { passages } = await retrieve(view, toQuery(text), limit, { ...options, weights, reranking });
  const texts = await view.texts(passages);
  return passages.map(({ path, startLine, endLine, place, symbol, kind, score, why }, i) => ({
    path,
    startLine,
    endLine,
    ...(place && { place }),
    symbol,
    kind,
    score,
    text: texts[i]!,
    why,
  }));
}

/** The store with the buffers over it: what a buffer holds masks what is stored of its file. */
function layered(store: StoreThreads, snapshot: number, overlay: OverlayView, meaning: Meaning | null): IndexView {
  const hidden = overlay.paths;
  let isEnded = false;
  const questions = new Map<string, Promise<QuestionVector | null>>();
  const asked: SearchModel[] = [];

  async function embed(question: string): Promise<QuestionVector | null> {
    if (!meaning) return null;
    const embedded = await meaning.embed(question);
    asked.push(...embedded.asked);
    return embedded.vector;
  }

  /** The same question is asked more than once. */
  function vectorOf(question: string): Promise<QuestionVector | null> {
    const known = questions.get(question) ?? embed(question);
    questions.set(question, known);
    return known;
  }

  const isHidden = ({ path }: { path: string }) => hidden.includes(path);
  return {
    async lexical(query) {
      const stored = await store.read((reader) => reader.lexical(snapshot, { ...query, hidden }));
      const passes = query.filter ? createPasses(query.filter) : () => true;
      const open = overlay.lexical(query, stored.statistics).filter(passes);
      const candidates = [...stored.candidates, ...open].sort((a, b) => b.lexical - a.lexical);
      const scores = new Map(open.map(({ id, lexical }) => [id, lexical]));
      const also = stored.also.map((score, i) => scores.get(query.also![i]!) ?? score);
      return { ...stored, also, candidates: candidates.slice(0, query.limit) };
    },
    async dense(question, limit, filter) {
      const vector = await vectorOf(question);
      // Of a question in which nothing is known nothing is near; that is no want of vectors.
      if (!meaning || !vector) return asked.length > 0 ? [] : null;
      const near = await meaning.near(vector, limit);
      const stored = await store.read((reader) => reader.dense(snapshot, { ...vector, limit, hidden, filter, near }));
      const passes = filter ? createPasses(filter) : () => true;
      const candidates = [...stored, ...overlay.dense(vector).filter(passes)];
      return candidates.sort((a, b) => b.similarity - a.similarity).slice(0, limit);
    },
    async nearness(question, filter, chunks) {
      const asked = await meaning?.embedBundled(question);
      if (!asked) return null;
      const stored = await store.read((reader) =>
        reader.dense(snapshot, { ...asked, limit: 1, hidden, filter, near: null }),
      );
      const passes = filter ? createPasses(filter) : () => true;
      const open = overlay.dense(asked).filter(passes);
      const known = await store.read((reader) => reader.similarities(snapshot, asked, chunks));
      const opened = new Map(open.map(({ id, similarity }) => [id, similarity]));
      return {
        nearest: Math.max(0, ...[...stored, ...open].map(({ similarity }) => similarity)),
        chunks: chunks.map((id, i) => Math.max(0, opened.get(id) ?? known[i] ?? 0)),
      };
    },
    async similarities(question, chunks) {
      const vector = await vectorOf(question);
      if (!vector) return chunks.map(() => null);
      const stored = await store.read((reader) => reader.similarities(snapshot, vector, chunks));
      const open = new Map(overlay.dense(vector).map(({ id, similarity }) => [id, similarity]));
      return chunks.map((id, i) => open.get(id) ?? stored[i]!);
    },
    embeddersAsked: () => [...asked],
    async definitions(names) {
      const stored = await store.read((reader) => reader.definitions(snapshot, names));
      return [...stored.filter((row) => !isHidden(row)), ...overlay.definitions(names)];
    },
    async definitionsNear(names, bounds) {
      const stored = await store.read((reader) => reader.definitionsNear(snapshot, names, bounds));
      const exact = new Set(names);
      const open = overlay.definitions(names).filter(({ name }) => exact.has(name));
      const { family, kinds } = bounds;
      const isAsked = ({ language, kind }: DefinitionRow) =>
        languageFamily(language) === family && (!kinds || kinds.includes(kind));
      return [...stored.filter((row) => !isHidden(row)), ...open.filter(isAsked)];
    },
    async definitionsIn(ranges) {
      const stored = await store.read((reader) => reader.definitionsIn(snapshot, ranges));
      return ranges.map((range, i) => (isHidden(range) ? overlay.definitionsIn(range) : stored[i]!));
    },
    async chunksAt(places) {
      const stored = await store.read((reader) =>
        reader.chunksAt(
          snapshot,
          places.filter((place) => !isHidden(place)),
        ),
      );
      return [...stored, ...places.filter(isHidden).flatMap((place) => overlay.chunksAt(place))];
    },
    async chunksOf(path, limit) {
      if (isHidden({ path })) return overlay.chunksOf(path).slice(0, limit);
      return store.read((reader) => reader.chunksOf(snapshot, path, limit));
    },
    filesBeside: (path) => store.read((reader) => reader.filesBeside(snapshot, path)),
    filesNamed: (names) => store.read((reader) => reader.filesNamed(snapshot, names)),
    openFiles: () => overlay.paths,
    edits: () => overlay.edits,
    async texts(ranges) {
      // What is open is at hand, also where the index is busy.
      const stored = ranges.every(isHidden) ? [] : await store.read((reader) => reader.texts(snapshot, ranges));
      return ranges.map((range, i) => {
        const text = overlay.textOf(range.path);
        return text === undefined ? stored[i]! : sliceLines(linesOf(text), range);
      });
    },
    async uses(name, limit) {
      const stored = await store.read((reader) => reader.uses(snapshot, name, limit));
      const word = wholeWord(name);
      return [...overlay.uses((line) => word.test(line)), ...stored.filter((use) => !isHidden(use))].slice(0, limit);
    },
    // Of an open document what is stored: its lines are read again before anything is said of them.
    mentions: (name, limit) => store.read((reader) => reader.mentions(snapshot, name, limit)),
    commits: (terms, limit) => store.read((reader) => reader.commits(snapshot, terms, limit)),
    commitsOf: (path, limit) => store.read((reader) => reader.commitsOf(snapshot, path, limit)),
    async references(names, bounds) {
      const stored = await store.read((reader) => reader.references(snapshot, names, bounds));
      return [...overlay.references(names), ...stored.filter((site) => !isHidden(site))];
    },
    async referencesIn(ranges) {
      const stored = await store.read((reader) => reader.referencesIn(snapshot, ranges));
      return ranges.map((range, i) => (isHidden(range) ? overlay.referencesIn(range) : stored[i]!));
    },
    imports: (paths) => store.read((reader) => reader.imports(snapshot, paths, overlay.imports)),
    resolved: (from, imported) => store.read((reader) => reader.resolved(snapshot, from, imported, overlay.imports)),
    importers: (files, limit) => store.read((reader) => reader.importers(snapshot, files, limit, overlay.imports)),
    // A reader that died took its snapshots along. Whoever ended it once waits for nothing more.
    async end() {
      if (isEnded) return;
      isEnded = true;
      await store.read((reader) => reader.end(snapshot)).catch(() => {});
    },
  };
}
