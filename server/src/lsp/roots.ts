/**
 * The workspace's folders, each with its engine: opened, indexed with progress, and closed as folders come and go.
 *
 * A folder that cannot be opened is a sentence in the log and in what is asked of it, and the others go on.
 */

import type { Connection } from 'vscode-languageserver/node';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { noticeText } from '../base/markdown.js';
import type { LanguageModel } from '../base/ports.js';
import type { Status } from '../base/status.js';
import { deleteAllData, openEngine } from '../compose.js';
import type { Engine, IndexReport } from '../engine/engine.js';
import { type Snapshot, snapshotOfAll } from '../engine/snapshot.js';
import type { UpdateOptions } from '../engine/update.js';
import type { EngineServices } from '../modelServices.js';
import type { DeletedData, TeamEmbedder } from '../protocol/messages.js';
import type { Settings } from '../protocol/settings.generated.js';
import { type Folder, folderOf, pathIn, uriOf } from './convert.js';
import { withProgress } from './progress.js';

export interface ServeOptions {
  /** The build's output folder. */
  dist: string;
  /** Folder of all stores; the user's cache when absent. */
  storeBase?: string;
}

export interface Root {
  folder: Folder;
  engine: Engine;
  /** The configuration that its scope and its embedder were made from, as one text. */
  scope: string;
}

/** One folder, or all as one; then paths begin with their folder's name. */
export interface Asked {
  engines: readonly Engine[];
  snapshot(): Promise<Snapshot>;
  uriOf(path: string): string;
  /** A file or folder as the snapshot names it, empty for a root itself; null where it lies in no folder that is asked. */
  pathOf(uri: string): string | null;
}

export interface RootsOptions extends ServeOptions {
  connection: Connection;
  /** The client shows progress that the server begins. */
  showsProgress: boolean;
  settings: () => Settings;
  /** The editor's `files.exclude` for a folder. */
  filesExclude(uri: string): Promise<unknown>;
  /** False: no git is run in the folders, and their own `scholia.json` is not read. */
  trusted: boolean;
  model: () => LanguageModel | null;
  /** The digest of the folder's `scholia.json` whose embedder the person approved; null for none. */
  approvedTeamFile(uri: string): string | null;
  services: EngineServices;
  onStatusChange: () => void;
}

export interface Roots {
  open(uris: readonly string[]): Promise<void>;
  close(uris: readonly string[]): Promise<void>;
  closeAll(): Promise<void>;
  /** Opens those folders again whose configuration says otherwise by now what is to be indexed. */
  reopenChanged(): Promise<void>;
  all(): readonly Root[];
  /** The root that holds a file, with the file's path in it. */
  holding(uri: string): { root: Root; path: string } | null;
  /**
   * What a request is about: the folder that holds the file, or without one all folders as one. Throws when none is
   * open.
   */
  asked(scopeUri: string | undefined): Asked;
  /** Brings every folder up to date, or reads every file again. */
  update(options: { everything: boolean; signal?: AbortSignal }): Promise<IndexReport[]>;
  pause(on: boolean): void;
  /** Deletes what is stored of every folder, open or not; the open ones begin anew, with nothing indexed. */
  deleteData(): Promise<DeletedData>;
  statuses(): Promise<Status[]>;
  /** What the folders' `scholia.json` suggest and nobody has approved yet. */
  teamEmbedders(): Promise<TeamEmbedder[]>;
}

export function createRoots(options: RootsOptions): Roots {
  const { connection } = options;
  const roots = new Map<string, Root>();
  const failures = new Map<string, string>();

  async function openOne(uri: string): Promise<void> {
    const folder = folderOf(uri);
    if (!folder || roots.has(uri)) return;
    try {
      const filesExclude = await options.filesExclude(uri);
      const engine = await openEngine({
        root: folder.path,
        storeBase: options.storeBase,
        dist: options.dist,
        settings: options.settings(),
        filesExclude,
        trusted: options.trusted,
        model: options.model,
        approvedTeamFile: () => options.approvedTeamFile(uri),
        services: options.services,
        log: (level, message) => connection.console[level === 'debug' ? 'log' : level](message),
      });
      roots.set(uri, { folder, engine, scope: scopeOf(filesExclude) });
      failures.delete(uri);
      engine.onStatusChange(options.onStatusChange);
    } catch (error) {
      failures.set(uri, messageOf(error));
      connection.window.showErrorMessage(noticeText(t('Scholia cannot index {0}: {1}', folder.path, messageOf(error))));
    }
  }

  /** Every other setting is read anew for each request. */
  function scopeOf(filesExclude: unknown): string {
    const settings = options.settings();
    const embedder = Object.entries(settings).filter(([name]) => /^(embedder|reranker)\./.test(name));
    return JSON.stringify([settings['index.exclude'], settings['index.maxFileKilobytes'], filesExclude, embedder]);
  }

  async function closeOne(uri: string): Promise<void> {
    const root = roots.get(uri);
    roots.delete(uri);
    await root?.engine.close();
  }

  function updateOne({ folder, engine }: Root, update: UpdateOptions): Promise<IndexReport> {
    const title = t('Scholia: indexing {0}', folder.path.split(/[\\/]/).at(-1)!);
    return withProgress({ ...options, title, signal: update.signal }, (report, signal) =>
      engine.update({ ...update, signal, onProgress: report }),
    );
  }

  async function open(uris: readonly string[]): Promise<void> {
    await Promise.all(uris.map(openOne));
    const opened = uris.flatMap((uri) => roots.get(uri) ?? []);
    options.onStatusChange();
    for (const root of opened)
      updateOne(root, {}).catch((error) => connection.console.error(`${root.folder.path}: ${messageOf(error)}`));
  }

  return {
    open,
    close: async (uris) => void (await Promise.all(uris.map(closeOne))),
    closeAll: async () => void (await Promise.all([...roots.keys()].map(closeOne))),
    async reopenChanged() {
      const scopes = await Promise.all(
        [...roots].map(async ([uri, { scope }]) => ({ uri, scope, now: scopeOf(await options.filesExclude(uri)) })),
      );
      const uris = scopes.flatMap(({ uri, scope, now }) => (scope === now ? [] : [uri]));
      await Promise.all(uris.map(closeOne));
      if (uris.length > 0) await open(uris);
    },
    all: () => [...roots.values()],
    holding(uri) {
      // The innermost folder wins where one lies in another.
      const found = [...roots.values()]
        .map((root) => ({ root, path: pathIn(root.folder, uri) }))
        .filter((place): place is { root: Root; path: string } => place.path !== null);
      return found.sort((a, b) => a.path.length - b.path.length)[0] ?? null;
    },
    asked(scopeUri) {
      const scoped = scopeUri && (roots.get(scopeUri) ?? this.holding(scopeUri)?.root);
      const all = scoped ? [scoped] : [...roots.values()];
      if (all.length === 1) return alone(all[0]!);
      if (all.length > 1) return together(all);
      const [failure] = failures.values();
      throw new EngineError('no-root', failure ?? t('No folder is open; open one to ask about it'));
    },
    update: ({ everything, signal }) =>
      Promise.all([...roots.values()].map((root) => updateOne(root, { everything, signal }))),
    pause(on) {
      for (const { engine } of roots.values()) engine.pause(on);
    },
    async deleteData() {
      const uris = [...roots.keys()];
      await Promise.all(uris.map(closeOne));
      try {
        return await deleteAllData(options.storeBase);
      } finally {
        await Promise.all(uris.map(openOne));
        options.onStatusChange();
      }
    },
    statuses: () => Promise.all([...roots.values()].map(({ engine }) => engine.status())),
    async teamEmbedders() {
      const awaiting = [...roots].map(async ([uri, { engine }]) => {
        const embedder = await engine.awaitingEmbedder();
        return embedder && { uri, ...embedder };
      });
      return (await Promise.all(awaiting)).filter((embedder) => embedder !== null);
    },
  };
}

function alone({ folder, engine }: Root): Asked {
  return {
    engines: [engine],
    snapshot: () => engine.snapshot(),
    uriOf: (path) => uriOf(folder, path),
    pathOf: (uri) => placeIn(folder, uri),
  };
}

function together(roots: readonly Root[]): Asked {
  const names = namesOf(roots.map(({ folder }) => folder));
  return {
    engines: roots.map(({ engine }) => engine),
    snapshot: () => snapshotOfAll(roots.map(({ engine }, i) => ({ name: names[i]!, engine }))),
    uriOf(path) {
      const end = path.indexOf('/');
      const { folder } = roots[names.indexOf(path.slice(0, end))]!;
      return uriOf(folder, path.slice(end + 1));
    },
    pathOf(uri) {
      const places = roots.map(({ folder }) => placeIn(folder, uri));
      const at = places.findIndex((place) => place !== null);
      return at < 0 ? null : [names[at], places[at]].filter(Boolean).join('/');
    },
  };
}

/** Empty for the folder itself. */
function placeIn(folder: Folder, uri: string): string | null {
  return uri === folder.uri ? '' : pathIn(folder, uri);
}

/** The folders' own names; of those that share one the later ones are numbered. */
function namesOf(folders: readonly Folder[]): string[] {
  const names: string[] = [];
  for (const { path } of folders) {
    const own = path.split(/[\\/]/).findLast((part) => part !== '') ?? 'root';
    let name = own;
    for (let n = 2; names.includes(name); n++) name = `${own} (${n})`;
    names.push(name);
  }
  return names;
}
