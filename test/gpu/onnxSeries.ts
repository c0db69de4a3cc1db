/**
 * A model's process killed at any moment of its work, and any bytes of its files altered: every vector comes and is what
 * it is without, or a sentence does.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EmbeddablePassage } from '../../server/src/base/embedding.js';
import { kindOf } from '../../server/src/base/errors.js';
import type { ComputeHost } from '../../server/src/gpu/host.js';
import { openOnnxEmbedder } from '../../server/src/gpu/onnxEmbedder.js';
import { newChance } from '../support/chance.js';
import { computeHost, copiedModel, writtenModel } from '../support/computeHost.js';
import { tiny } from '../support/onnx/folders.js';

/** Slow enough that a kill strikes within a batch. */
const SLOW = tiny({ hidden: 128, heads: 4, layers: 3, inner: 512 });
const TEXTS: EmbeddablePassage[] = Array.from({ length: 120 }, (_one, i) => ({
  path: `src/file${i}.ts`,
  name: `function name${i}`,
  text: `return total(${i}) + price * ${i % 13}; `.repeat(1 + (i % 3)),
}));

/** How many kills struck while which call was under way. */
export type Kills = Record<'openModel' | 'embedTexts', number>;

export async function killRounds(rounds: number): Promise<Kills> {
  const chance = newChance();
  const folder = writtenModel(SLOW);
  const calm = await openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu' });
  const undisturbed = await calm.embedPassages(TEXTS);

  const kills: Kills = { openModel: 0, embedTexts: 0 };
  const killed = () => kills.openModel + kills.embedTexts;
  const host = computeHost({ maxShortLives: Number.POSITIVE_INFINITY });
  /** Once for each life that embeds something: what fails again and again is another test. */
  let isSpared = true;
  async function kill(name: keyof Kills): Promise<void> {
    if (isSpared || killed() >= rounds || chance.below(3) > 0) return;
    isSpared = true;
    await pause(chance.below(name === 'openModel' ? 60 : 25));
    if (host.pid === undefined) return;
    kills[name]++;
    process.kill(host.pid, 'SIGKILL');
  }
  const before = (name: string) => void kill(name as keyof Kills);
  const after = (name: string) => {
    if (name === 'embedTexts') isSpared = false;
  };
  const embedder = await openOnnxEmbedder({ host: watchedHost(host, before, after), folder, device: 'cpu' });

  while (killed() < rounds) {
    const vectors = await embedder.embedPassages(TEXTS);
    expect(vectors).toHaveLength(TEXTS.length);
    for (const [i, vector] of vectors.entries())
      for (const [j, value] of vector.entries())
        if (!(Math.abs(value - undisturbed[i]![j]!) < 1e-5))
          expect.fail(`vector ${i} is another one, seed ${chance.seed}`);
  }
  expect(embedder.notes).toEqual([]);
  return kills;
}

/** The same process; `before` sees each call's name as it goes, `after` when it succeeded. */
export function watchedHost(
  host: ComputeHost,
  before: (name: string) => void,
  after: (name: string) => void = () => {},
): ComputeHost {
  const remote = new Proxy(host.remote, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        before(String(name));
        const result = await call(...args);
        after(String(name));
        return result;
      };
    },
  });
  return Object.create(host, { remote: { value: remote } });
}

/** Alters one region of each of `regions` equal parts of each file. */
export async function damageRounds(regions: number): Promise<void> {
  const chance = newChance();
  const host = computeHost();
  for (const name of ['model.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json', '1_Pooling/config.json'])
    for (let region = 0; region < regions; region++) {
      const folder = copiedModel('bert');
      const bytes = readFileSync(join(folder, name));
      const start = Math.floor((bytes.length * (region + chance.below(100) / 100)) / regions);
      const end = Math.min(bytes.length, start + 1 + chance.below(64));
      for (let i = start; i < end; i++) bytes[i] = chance.below(256);
      writeFileSync(join(folder, name), bytes);
      const label = `${name} ${start}–${end}, seed ${chance.seed}`;
      const outcome = await openOnnxEmbedder({ host, folder, device: 'cpu' })
        .then((embedder) => embedder.embedQuery('the total').finally(() => embedder.close()))
        .catch((error) => error);
      if (outcome instanceof Float32Array) expect(Math.hypot(...outcome), label).toBeCloseTo(1, 4);
      else expect(kindOf(outcome), `${label}: ${outcome}`).toMatch(/^embedder-/);
    }
}
