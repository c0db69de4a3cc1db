/**
 * Whether this machine runs on its battery, as far as its files tell: Linux says so under /sys. Elsewhere it would take
 * running a program, so a machine there counts as plugged in.
 */
import type { FileSystem } from '../base/ports.js';

const SUPPLIES = '/sys/class/power_supply';
const MAX_BYTES = 100;
/** A cable is not pulled more often than people can notice. */
const LOOK_EVERY_MS = 20_000;

/** Looks at most every twenty seconds; never rejects. */
export function batteryWatch(files: FileSystem, now: () => number): () => Promise<boolean> {
  let looked = { at: Number.NEGATIVE_INFINITY, result: Promise.resolve(false) };
  return () => {
    if (now() - looked.at > LOOK_EVERY_MS) looked = { at: now(), result: runsOnBattery(files) };
    return looked.result;
  };
}

/** A battery is being emptied, and no mains is online. */
async function runsOnBattery(files: FileSystem): Promise<boolean> {
  const supplies = await files.list(SUPPLIES).catch(() => []);
  const tell = async (name: string, file: string) => {
    const bytes = await files.read(`${SUPPLIES}/${name}/${file}`, MAX_BYTES).catch(() => new Uint8Array());
    return new TextDecoder().decode(bytes).trim();
  };
  const facts = await Promise.all(
    supplies.map(async ({ name }) => ({ online: await tell(name, 'online'), status: await tell(name, 'status') })),
  );
  return facts.some(({ status }) => status === 'Discharging') && !facts.some(({ online }) => online === '1');
}
