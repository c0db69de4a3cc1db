/**
 * `node scripts/tinyModels.mjs`: writes the small ONNX models in test/fixtures/models anew, with what they must give.
 * `node scripts/tinyModels.mjs FOLDER [--int8]`: a model of the shape of MiniLM-L6 with random weights, for timing.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectFolder } from './setup.mjs';

/** The modules that make models, bundled as the tests see them. */
export async function modelMaker() {
  const folder = join(projectFolder, 'test/support/onnx');
  const contents = "export * from './make.js'; export * from './folders.js'; export * from './tokenizers.js';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Writes a model of MiniLM-L6's shape; its vocabulary is mostly unused words. */
export async function writeMiniLm(folder, { int8 }) {
  const { tiny, modelFiles, writeModel, wordPieces } = await modelMaker();
  const shape = { kind: 'bert', hidden: 384, layers: 6, heads: 12, inner: 1536, positions: 512, int8 };
  writeModel(folder, modelFiles(tiny(shape, { tokenizer: wordPieces(30_522), maxTokens: 512 })));
}

if (import.meta.main) {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder) await writeMiniLm(folder, { int8: rest.includes('--int8') });
  else {
    const { fixtureFiles, writeModel } = await modelMaker();
    const models = join(projectFolder, 'test/fixtures/models');
    rmSync(models, { recursive: true, force: true });
    writeModel(models, fixtureFiles());
  }
}
