/** Battery or mains, told from files as Linux has them. */
import { expect, test } from 'vitest';
import type { FileSystem } from '../../server/src/base/ports.js';
import { batteryWatch } from '../../server/src/workspace/power.js';

/** Files of /sys/class/power_supply, by `supply/file`. */
function machine(files: Record<string, string>): FileSystem {
  const names = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
  const fail = async () => {
    throw new Error('not there');
  };
  return {
    realPath: fail,
    stat: fail,
    list: async () => names.map((name) => ({ name, kind: 'link' as const })),
    async read(path) {
      const content = files[path.replace('/sys/class/power_supply/', '')];
      if (content === undefined) throw new Error('not there');
      return new TextEncoder().encode(content);
    },
  };
}

const LAPTOP = { 'AC/online': '0\n', 'BAT0/status': 'Discharging\n' };

test.each([
  ['a laptop without its cable', LAPTOP, true],
  ['a laptop on its cable', { ...LAPTOP, 'AC/online': '1\n', 'BAT0/status': 'Charging\n' }, false],
  ['a laptop on a cable too weak for it', { ...LAPTOP, 'AC/online': '1\n' }, false],
  ['a battery without a named mains', { 'BAT0/status': 'Discharging\n' }, true],
  ['a machine with neither', {}, false],
])('%s', async (_name, files, expected) => {
  expect(await batteryWatch(machine(files), () => 0)()).toBe(expected);
});

test('a machine that tells nothing counts as plugged in', async () => {
  const silent = { ...machine({}), list: () => Promise.reject(new Error('not there')) };
  expect(await batteryWatch(silent, () => 0)()).toBe(false);
});

test('the cable is looked for again after a while', async () => {
  const files: Record<string, string> = { ...LAPTOP };
  let now = 0;
  const isOnBattery = batteryWatch(machine(files), () => now);
  expect(await isOnBattery()).toBe(true);
  files['AC/online'] = '1\n';
  expect(await isOnBattery()).toBe(true);
  now = 60_000;
  expect(await isOnBattery()).toBe(false);
});
