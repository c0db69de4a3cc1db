/** A language server on a folder, for timing what an editor would wait for. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} = require('vscode-languageserver-protocol/node');

/** Starts it and waits until its index is up to date. Resolves with `request` and `close`. */
export async function openServer(folder, store) {
  const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
  const server = spawn(process.execPath, [cli, 'lsp', '--stdio', '--store', store], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const uri = pathToFileURL(folder).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri, name: 'tree' }],
  });
  await connection.sendNotification('initialized', {});
  await connection.sendRequest('scholia/search', { query: 'warm', limit: 1 });
  return {
    request: (method, params) => connection.sendRequest(method, params),
    close: () => server.kill(),
  };
}
