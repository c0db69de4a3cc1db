/**
 * The log that the editor shows. Messages between the editor and the server can be traced into it, and one of them
 * carries a key: keys are blotted out whatever the level, since logs end up in reports.
 */
import { type LogOutputChannel, window } from 'vscode';
import { withoutKey } from './keyless.js';

export function openLog(): LogOutputChannel {
  return window.createOutputChannel('Scholia', { log: true });
}

/** The same channel, for messages that may hold a key. */
export function withoutKeys(channel: LogOutputChannel): LogOutputChannel {
  return new Proxy(channel, {
    get(target, name) {
      if (name === 'trace') return (message: string) => target.trace(withoutKey(message));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
