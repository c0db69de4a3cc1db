/**
 * Which device a model runs on: one after the other is tried alone, and why each was not taken is told.
 *
 * One at a time, because the runtime drops names that it does not know from a list without a word, and does not go on to
 * the next when a driver fails.
 */

import { messageOf } from '../base/errors.js';
import { phrase, t } from '../base/l10n.js';

export type Device = 'cuda' | 'dml' | 'coreml' | 'webgpu' | 'cpu';

/** The processor is always last: it is there, and it is what the others are checked against. */
const ORDER: Record<string, readonly Device[]> = {
  win32: ['cuda', 'dml', 'webgpu', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu'],
  linux: ['cuda', 'webgpu', 'cpu'],
};

export const DEVICE_NAMES: Record<Device, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
  cpu: phrase('the processor'),
};

/** What to try, in order, for what the user chose. */
export function devicesToTry(choice: Device | 'auto', platform: NodeJS.Platform = process.platform): readonly Device[] {
  if (choice === 'auto') return ORDER[platform] ?? ['cpu'];
  return choice === 'cpu' ? ['cpu'] : [choice, 'cpu'];
}

export interface Chosen<Opened> {
  device: Device;
  opened: Opened;
}

/**
 * Opens with the first device that works. Each failure becomes a sentence in `notes`; the failure of the last device is
 * thrown, and so is at once whatever `isFatal` says no other device would help against.
 */
export async function openFirst<Opened>(
  devices: readonly Device[],
  open: (device: Device) => Promise<Opened>,
  { notes, isFatal }: { notes: string[]; isFatal: (error: unknown) => boolean },
): Promise<Chosen<Opened>> {
  for (const device of devices) {
    try {
      return { device, opened: await open(device) };
    } catch (error) {
      if (device === devices.at(-1) || isFatal(error)) throw error;
      notes.push(t('{0} is not used: {1}', t(DEVICE_NAMES[device]), reasonOf(messageOf(error))));
    }
  }
  throw new RangeError('No device to try');
}

const MAX_REASON = 200;

/** Drivers write pages, and the runtime begins with the line of its own source. */
function reasonOf(message: string): string {
  const line = message
    .split('\n')[0]!
    .replace(/^.*\bwas false\. /, '')
    .trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}
