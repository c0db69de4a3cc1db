/** Everything in test/fixtures/models, as bytes by path: `node scripts/tinyModels.mjs` writes it, a test holds it to this. */
import { modelFiles, TINY_MODELS } from './folders.js';
import { goldenScores, goldenVectors } from './golden.js';

export function fixtureFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [name, model] of Object.entries(TINY_MODELS)) {
    for (const [path, content] of modelFiles(model)) files.set(`${name}/${path}`, content);
    const golden = model.shape.head === 'score' ? goldenScores(model) : goldenVectors(model);
    files.set(`${name}/golden.json`, new TextEncoder().encode(`${JSON.stringify(golden)}\n`));
  }
  return files;
}
