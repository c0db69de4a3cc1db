/**
 * Who calls what: references of the index resolved to definitions, in both directions, and the passages that a question
 * about them points at.
 *
 * Edges are made when somebody asks. A name's references are few and their files' imports fewer; edges made while
 * indexing would have to be made anew for every file that a change could concern.
 */
import type { LineRange } from '../base/answer.js';
import type { ResolvedImport } from '../index/imports.js';
import { MAX_PASSED_ON, type Named, type Resolution, resolveName } from '../index/resolve.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { ReferenceBounds, SiteRow } from '../index/store/linkQueries.js';
import type { DefinitionRow } from '../index/store/reader.js';
import type { AskedName } from './askedName.js';
import { graphQuestion } from './graphQuestion.js';
import type { IndexView } from './view.js';

/** A reference with what it means. */
export interface Edge extends Resolution<DefinitionRow> {
  site: SiteRow;
}

/** A chunk that a question of a fixed form asks for, and whether it is surely meant. */
export interface Place {
  chunk: ChunkRow;
  /** The name of the score part. */
  part: 'caller' | 'callee' | 'changed';
  certain: boolean;
}

/** What a question about the graph found. */
export interface GraphEvidence {
  /** The name that was asked about. */
  name: string;
  edges: Edge[];
  /** Chunks that hold a call, or what is called. */
  places: Place[];
}

/** Definitions of one ambiguous name that are worth showing. */
const MAX_AMBIGUOUS = 5;
const MAX_PLACES = 200;

/** How much is looked at: a question may take longer than a pointer. */
export interface GraphBounds extends ReferenceBounds {
  /** Files whose imports are followed. */
  followed: number;
}

const BOUNDS: GraphBounds = { files: 1000, first: [], followed: 500 };

/** References that mean one of these definitions, which have one name. */
export async function callersOf(
  view: IndexView,
  definitions: readonly DefinitionRow[],
  bounds = BOUNDS,
): Promise<Edge[]> {
  const names = [...new Set(definitions.map(({ name }) => name))];
  const wanted = new Set(definitions.map(keyOf));
  const edges = await resolveSites(view, await view.references(names, bounds), bounds.followed);
  return edges.filter((edge) => edge.definitions.some((definition) => wanted.has(keyOf(definition))));
}

/** What a name means at a place in the code that the index may not have as a reference, among all that bears it. */
export async function meaningOf(
  view: IndexView,
  named: Named,
  candidates: readonly DefinitionRow[],
  followed: number,
): Promise<Resolution<DefinitionRow>> {
  const imports = await importsAround(view, [named], new Map([[named.name, candidates]]), followed);
  return resolved(named, candidates, imports);
}

/** What the code of these definitions refers to, as far as it is defined in the workspace. */
export async function calleesOf(view: IndexView, definitions: readonly DefinitionRow[]): Promise<Edge[]> {
  const sites = await view.referencesIn(definitions);
  const own = definitions.flatMap((definition, i) =>
    sites[i]!.filter(({ within }) => within !== null && isInside(within, definition)),
  );
  return (await resolveSites(view, own)).filter((edge) => edge.definitions.length > 0);
}

/** Null where the question is not about the graph, or about a name that is unknown here. */
export async function graphEvidence(view: IndexView, text: string): Promise<GraphEvidence | null> {
  const question = graphQuestion(text);
  if (!question) return null;
  const defined = await definitionsOf(view, question);
  if (defined.length === 0 && !question.isIdentifier) return null;
  const isAsked = ({ site }: Edge) => !question.callsOnly || site.kind === 'call';
  if (question.direction === 'callees') {
    const edges = (await calleesOf(view, defined)).filter(isAsked);
    return { name: question.name, edges, places: await placesOf(view, edges, 'callee') };
  }
  const found = defined.length > 0 ? await callersOf(view, defined) : await callersOfUnknown(view, question.name);
  const edges = found.filter(isAsked);
  return { name: question.name, edges, places: await placesOf(view, edges, 'caller') };
}

/** Of the name as it is spelled if there are such; else of what is spelled nearly so. */
export async function definitionsOf(view: IndexView, { name, container }: AskedName): Promise<DefinitionRow[]> {
  const found = await view.definitions([name]);
  const exact = found.filter((definition) => definition.name === name);
  const fit = exact.length > 0 ? exact : found;
  const contained = fit.filter(({ qualified }) => `.${qualified}`.endsWith(`.${container}.${name}`));
  return contained.length > 0 ? contained : fit;
}

/** A name that is defined elsewhere, in a library say, is called where it is called. */
export async function callersOfUnknown(view: IndexView, name: string): Promise<Edge[]> {
  return (await view.references([name], BOUNDS)).map((site) => ({
    site,
    definitions: [],
    ambiguous: false,
    byName: true,
  }));
}

async function placesOf(view: IndexView, edges: readonly Edge[], part: 'caller' | 'callee'): Promise<Place[]> {
  const certainty = new Map<string, { path: string; line: number; certain: boolean }>();
  for (const { site, definitions, ambiguous, byName } of edges) {
    // Of a caller the name is given; what `x.get()` means is not told by there being one `get`.
    const certain = !ambiguous && (part === 'caller' || !byName || !site.isMember);
    const shown = ambiguous ? definitions.slice(0, MAX_AMBIGUOUS) : definitions;
    const targets = part === 'caller' ? [site] : shown.map(({ path, nameLine }) => ({ path, line: nameLine }));
    for (const { path, line } of targets) {
      const key = `${path}:${line}`;
      certainty.set(key, { path, line, certain: certain || (certainty.get(key)?.certain ?? false) });
    }
  }
  const lines = [...certainty.values()].slice(0, MAX_PLACES);
  const chunks = await view.chunksAt(lines);
  return [...new Map(chunks.map((chunk) => [chunk.id, chunk])).values()].map((chunk) => ({
    chunk,
    part,
    certain: lines.some(({ path, line, certain }) => certain && path === chunk.path && isWithin(line, chunk)),
  }));
}

async function resolveSites(view: IndexView, sites: readonly SiteRow[], followed = BOUNDS.followed): Promise<Edge[]> {
  const names = [...new Set(sites.map(({ name }) => name))];
  const byName = Map.groupBy(await view.definitions(names), ({ name }) => name);
  const known = sites.filter(({ name }) => byName.has(name));
  const imports = await importsAround(view, known, byName, followed);
  return sites.map((site) => ({ site, ...resolved(site, byName.get(site.name) ?? [], imports) }));
}

function resolved(
  site: Named,
  candidates: readonly DefinitionRow[],
  imports: ReadonlyMap<string, readonly ResolvedImport[]>,
): Resolution<DefinitionRow> {
  return resolveName(site, candidates, (path) => imports.get(path) ?? []);
}

/** The imports of the files that refer to something, and of those files that may pass its name on. */
async function importsAround(
  view: IndexView,
  sites: readonly Named[],
  byName: ReadonlyMap<string, readonly DefinitionRow[]>,
  followed: number,
): Promise<Map<string, readonly ResolvedImport[]>> {
  const imports = new Map<string, readonly ResolvedImport[]>();
  let wanted = sites.filter(({ path, name }) => !byName.get(name)!.some((definition) => definition.path === path));
  for (let depth = 0; depth <= MAX_PASSED_ON && wanted.length > 0 && imports.size < followed; depth++) {
    const paths = new Set<string>();
    if (depth === 0) for (const { path } of wanted) paths.add(path);
    else for (const list of imports.values()) for (const { files } of list) for (const file of files) paths.add(file);
    const fresh = [...paths].filter((path) => !imports.has(path)).slice(0, followed - imports.size);
    const found = await view.imports(fresh);
    for (const [i, path] of fresh.entries()) imports.set(path, found[i]!);
    wanted = wanted.filter((site) => {
      const defining = new Set(byName.get(site.name)!.map(({ path }) => path));
      return !(imports.get(site.path) ?? []).some(({ files }) => files.some((file) => defining.has(file)));
    });
  }
  return imports;
}

function keyOf({ path, nameLine, qualified }: DefinitionRow): string {
  return `${path}:${nameLine}:${qualified}`;
}

function isWithin(line: number, { startLine, endLine }: LineRange): boolean {
  return startLine <= line && line <= endLine;
}

/** The definition itself or what is nested in it: on one line, names tell. */
function isInside(inner: LineRange & { qualified: string }, outer: LineRange & { qualified: string }): boolean {
  if (inner.startLine < outer.startLine || inner.endLine > outer.endLine) return false;
  const sameLines = inner.startLine === outer.startLine && inner.endLine === outer.endLine;
  return !sameLines || inner.qualified.startsWith(outer.qualified);
}
