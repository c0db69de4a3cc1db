/** Whole indexes by an ONNX model's folder and by a server, through the services of a real start, and back. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.js';
import { createModelServices } from '../../server/src/modelServices.js';
import { fixtureModels } from '../support/computeHost.js';
import { wordEmbedder } from '../support/embedder.js';
import { dist, engineOn, scratchFolder } from '../support/engine.js';
import { json, startScriptedModel } from '../support/scriptedModel.js';

const FILES = {
  'src/lamp.ts': '/** Lights the lamp with oil. */\nexport function light(oil: number) {\n  return oil > 0;\n}\n',
  'src/rope.ts': '/** Ties a rope to the quay. */\nexport function moor() {\n  return true;\n}\n',
  'README.md': '# Harbour\n\nWhere ships are moored.\n',
};

function services() {
  const made = createModelServices({
    dist,
    models: scratchFolder(),
    keyFor: () => undefined,
    confirm: async () => true,
    log: () => {},
  });
  onTestFinished(() => made.close());
  return made;
}

async function nearest(engine: Engine, query: string) {
  await using snapshot = await engine.snapshot();
  const hits = await snapshot.search(query, 10, { arm: 'dense' });
  return hits.map(({ path, why }) => `${path} ${why['meaning']!.toFixed(4)}`);
}

async function throughAnother(settings: Record<string, unknown>, name: string): Promise<void> {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const first = await engineOn(FILES, { root, storeBase });
  const before = await nearest(first, 'light the lamp');
  const own = (await first.status()).embedder!;
  await first.close();

  const second = await engineOn({}, { root, storeBase, settings, services: services() });
  expect(await second.status()).toMatchObject({ state: 'ready', embedder: { name }, degraded: [] });
  const by = await nearest(second, 'light the lamp');
  expect(by.length).toBeGreaterThan(0);
  expect(by).not.toEqual(before);
  await second.close();

  const back = await engineOn({}, { root, storeBase });
  expect((await back.status()).embedder).toEqual(own);
  expect(await nearest(back, 'light the lamp')).toEqual(before);
}

test('a folder with an ONNX model embeds a whole index, and the bundled model takes over again', () =>
  throughAnother(
    { 'embedder.kind': 'folder', 'embedder.folder': join(fixtureModels, 'bert'), 'embedder.device': 'cpu' },
    'bert',
  ));

test('a server embeds a whole index, and the bundled model takes over again', async () => {
  const words = wordEmbedder('far');
  const server = await startScriptedModel(async (request) => {
    const { input } = request.body as unknown as { input: string[] };
    const vectors = await words.embedPassages(input.map((text) => ({ path: '', name: '', text })));
    return json(200, { data: vectors.map((embedding, index) => ({ index, embedding: [...embedding] })) });
  });
  onTestFinished(() => server.close());
  await throughAnother(
    { 'embedder.kind': 'server', 'embedder.baseUrl': server.baseUrl, 'embedder.name': 'far' },
    'far',
  );
});

test('an embedder that cannot be opened is told, and the bundled one answers', async () => {
  const settings = { 'embedder.kind': 'folder', 'embedder.folder': join(scratchFolder(), 'missing') };
  const engine = await engineOn(FILES, { settings, services: services() });
  const { embedder, degraded } = await engine.status();
  expect(embedder!.name).toMatch(/^scholia-static/);
  expect(degraded).toEqual([expect.stringContaining('missing')]);
  expect((await nearest(engine, 'tie a rope'))[0]).toMatch(/^src\/rope\.ts/);
});
