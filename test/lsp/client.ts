/** A language client of its own over stdio: the real server process, driven as an editor we did not write would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  type ConfigurationParams,
  createProtocolConnection,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import type { Status } from '../../server/src/base/status.js';
import { StatusNotification } from '../../server/src/protocol/messages.js';
import { dist, type Files, scratchFolder, writeFiles } from '../support/engine.js';

export interface TestClient {
  connection: ProtocolConnection;
  folder: string;
  initialized: InitializeResult;
  uri(path: string): string;
  /** Resolves with the first status that fits. */
  until(fits: (status: Status) => boolean): Promise<Status>;
  open(path: string, text: string): Promise<void>;
}

export interface ClientOptions {
  settings?: Record<string, unknown>;
  /** What is set for one file alone, by its address; undefined for what is not. */
  settingFor?: (uri: string, section: string) => unknown;
  /** What the editor hides; may be changed while the server runs. */
  filesExclude?: Record<string, unknown>;
  trusted?: boolean;
  locale?: string;
  capabilities?: object;
  env?: Record<string, string>;
  noFolder?: boolean;
  /** Opens each folder that the files lie in instead of the one around them. */
  foldersApart?: boolean;
}

export async function clientOn(files: Files, options: ClientOptions = {}): Promise<TestClient> {
  const folder = join(scratchFolder(), 'workspace');
  await writeFiles(folder, { 'README.md': '# Fixture\n', ...files });
  const server = spawn(process.execPath, [join(dist, 'server/cli.cjs'), 'lsp', '--stdio', '--store', scratchFolder()], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const seen: Status[] = [];
  const watchers = new Set<(status: Status) => void>();
  connection.onNotification(StatusNotification, (statuses) => {
    for (const status of statuses) {
      seen.push(status);
      for (const watcher of watchers) watcher(status);
    }
  });
  connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) =>
    items.map(
      ({ section = '', scopeUri = '' }) =>
        options.settingFor?.(scopeUri, section) ??
        (section === 'files.exclude' ? options.filesExclude : options.settings) ??
        {},
    ),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  onTestFinished(async () => {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    await connection.sendRequest('shutdown').catch(() => {});
    await connection.sendNotification('exit').catch(() => {});
    await exited;
  });

  const apart = new Set(Object.keys(files).map((path) => path.split('/')[0]!));
  const folders = options.foldersApart
    ? [...apart].map((name) => pathToFileURL(join(folder, name)).href)
    : [pathToFileURL(folder).href];
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    ...(options.locale !== undefined && { locale: options.locale }),
    rootUri: null,
    workspaceFolders: options.noFolder ? [] : folders.map((uri) => ({ uri, name: 'a name' })),
    initializationOptions: { trusted: options.trusted ?? true },
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      window: { workDoneProgress: true },
      textDocument: { hover: { contentFormat: ['markdown'] } },
      ...options.capabilities,
    },
  });
  await connection.sendNotification('initialized', {});
  const client: TestClient = {
    connection,
    folder,
    initialized,
    uri: (path) => pathToFileURL(join(folder, path)).href,
    until: (fits) =>
      new Promise((resolve) => {
        const known = seen.findLast(fits);
        if (known) return resolve(known);
        const watcher = (status: Status) => {
          if (!fits(status)) return;
          watchers.delete(watcher);
          resolve(status);
        };
        watchers.add(watcher);
      }),
    open: (path, text) =>
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: client.uri(path), languageId: 'plaintext', version: 1, text },
      }),
  };
  return client;
}
