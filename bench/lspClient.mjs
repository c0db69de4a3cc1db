/** A language server on a folder, for timing what an editor would wait for. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} = require('vscode-languageserver-protocol/node');

/**
 * Starts it and waits for its first answer. `nodeArgs` and `env` are for the server's process.
 * Resolves with `request`, `notify`, `logged`, `megabytes`, `processorMs`, `signal` and `close`.
 */
export async function openServer(folder, store, { nodeArgs = [], env = {} } = {}) {
  const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
  const server = spawn(process.execPath, [...nodeArgs, cli, 'lsp', '--stdio', '--store', store], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onRequest('client/registerCapability', () => null);
  const listeners = new Set();
  connection.onNotification('window/logMessage', ({ message }) => {
    for (const listener of listeners) listener(message);
  });
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
    request: (method, ...params) => connection.sendRequest(method, ...params),
    notify: (method, params) => connection.sendNotification(method, params),
    /** The match of the next line of the log that the pattern finds. */
    logged: (pattern) =>
      new Promise((resolve) => {
        const listener = (message) => {
          const match = pattern.exec(message);
          if (!match) return;
          listeners.delete(listener);
          resolve(match);
        };
        listeners.add(listener);
      }),
    /** What its process holds now, by the system's own count; NaN where there is none. */
    megabytes() {
      try {
        const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
        return Math.round(Number(kilobytes) / 1024);
      } catch {
        return Number.NaN;
      }
    },
    /** Processor time of all its threads so far, in steps of ten milliseconds; NaN where the system does not count it. */
    processorMs() {
      try {
        const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
        return 10 * (Number(fields[11]) + Number(fields[12]));
      } catch {
        return Number.NaN;
      }
    },
    signal: (name) => server.kill(name),
    close: () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      return ended;
    },
  };
}
