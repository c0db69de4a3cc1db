/**
 * A module for `--require` that stands at every way out to the network. Each attempt is written down with who made it,
 * and fails. It goes into workers by itself and into forked processes by its own doing, whatever their environment.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from './engine.js';

export interface NetworkTrap {
  /** The module. */
  path: string;
  /** `NODE_OPTIONS` with it. */
  env: { NODE_OPTIONS: string };
  /** What was attempted so far, a line each. */
  attempts(): string[];
}

export function networkTrap(): NetworkTrap {
  const folder = scratchFolder();
  const path = join(folder, 'trap.cjs');
  const log = join(folder, 'attempts.txt');
  writeFileSync(path, source(path, log));
  const attempts = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []);
  return { path, env: { NODE_OPTIONS: `--require ${path}` }, attempts };
}

function source(path: string, log: string): string {
  return `'use strict';
const { appendFileSync } = require('node:fs');
const refuse = (what) => function (...args) {
  const place = args.map((arg) => typeof arg === 'object' && arg ? arg.host ?? arg.hostname ?? arg.path ?? arg.href ?? '' : String(arg));
  const from = new Error().stack.split('\\n')[2]?.trim() ?? '';
  appendFileSync(${JSON.stringify(log)}, what + ' ' + place.join(' ').slice(0, 200) + ' ' + from + '\\n');
  throw new Error('No network: ' + what);
};
const trap = (object, where, names) => { for (const name of names) if (typeof object?.[name] === 'function') object[name] = refuse(where + '.' + name); };
const net = require('node:net');
const dns = require('node:dns');
const lookups = Object.keys(dns).filter((name) => /^(lookup|resolve|reverse)/.test(name));
trap(net.Socket.prototype, 'Socket', ['connect']);
trap(net.Server.prototype, 'Server', ['listen']);
trap(net, 'net', ['connect', 'createConnection']);
trap(require('node:tls'), 'tls', ['connect']);
trap(dns, 'dns', lookups);
trap(dns.promises, 'dns.promises', lookups);
for (const name of ['http', 'https']) trap(require('node:' + name), name, ['request', 'get']);
trap(require('node:http2'), 'http2', ['connect']);
trap(require('node:dgram'), 'dgram', ['createSocket']);
for (const name of ['fetch', 'WebSocket', 'EventSource']) if (globalThis[name]) globalThis[name] = refuse(name);
const children = require('node:child_process');
const { fork } = children;
children.fork = (file, args, options = {}) =>
  fork(file, args, { ...options, execArgv: [...(options.execArgv ?? []), '--require', ${JSON.stringify(path)}] });
`;
}
