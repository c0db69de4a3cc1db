/**
 * Which files of the native packages run on one platform. They go into that platform's package as they lie in
 * node_modules, into `dist/native/node_modules`, where server/src/gpu/native.ts looks first.
 */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** This machine, in the words of the Marketplace. hnswlib-node is compiled where it is installed, so no other can be had. */
export const thisTarget = `${process.platform}-${process.arch}`;

const FILES = {
  'hnswlib-node': ['package.json', 'LICENSE.txt', 'lib/index.js', 'build/Release/addon.node'],
  bindings: ['package.json', 'LICENSE.md', 'bindings.js'],
  'file-uri-to-path': ['package.json', 'LICENSE', 'index.js'],
  'onnxruntime-node': ['package.json', 'dist', `bin/napi-v6/${process.platform}/${process.arch}`],
  'onnxruntime-common': ['package.json', 'dist/cjs'],
};
/** Maps, types, and the second copy of a library whose first is the one that is asked for. */
const NOT_RUN = /\.map$|\.d\.[cm]?ts$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

/** Copies this platform's files into `folder`/node_modules; returns what of them is not installed. */
export function stageNative(projectFolder, folder) {
  const missing = [];
  for (const [name, paths] of Object.entries(FILES))
    for (const path of paths) {
      const from = join(projectFolder, 'node_modules', name, path);
      const to = join(folder, 'node_modules', name, path);
      if (existsSync(from)) cpSync(from, to, { recursive: true, filter: (file) => !NOT_RUN.test(file) });
      else missing.push(`${name}/${path}`);
    }
  return missing;
}
