/**
 * The models that were downloaded: a folder each, named for what it holds, with a file that says where it is from.
 *
 * A folder is there as a whole or not at all, and never changes: another revision is another folder.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const ORIGIN_FILE = 'scholia-model.json';

/** What the file in the folder says. */
export interface ModelOrigin {
  /** `owner/name`. */
  name: string;
  revision: string;
  licence: string | null;
  hub: string;
  onnx: string;
  bytes: number;
  /** ISO 8601. */
  downloadedAt: string;
}

export interface InstalledModel extends ModelOrigin {
  /** Its folder. */
  path: string;
}

export function folderName({ name, revision }: Pick<ModelOrigin, 'name' | 'revision'>, onnx: string): string {
  const variant = onnx
    .split('/')
    .at(-1)!
    .replace(/\.onnx$/, '');
  return `${name.replace('/', '--')}@${revision.slice(0, 12)}${variant === 'model' ? '' : `-${variant}`}`;
}

/** Newest first, so that the first one of a name is the one to use. What is no model is passed over. */
export async function listModels(folder: string): Promise<InstalledModel[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readModel(join(folder, name))),
  );
  return found
    .filter((model) => model !== null)
    .sort((a, b) =>
      a.downloadedAt < b.downloadedAt ? 1 : a.downloadedAt > b.downloadedAt ? -1 : a.path < b.path ? -1 : 1,
    );
}

export async function readModel(path: string): Promise<InstalledModel | null> {
  try {
    const origin = JSON.parse(await readFile(join(path, ORIGIN_FILE), 'utf8'));
    return typeof origin?.name === 'string' && typeof origin.downloadedAt === 'string' ? { ...origin, path } : null;
  } catch {
    return null;
  }
}
