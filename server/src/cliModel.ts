/**
 * `scholia model`: which models are on this machine, and the download of one that is asked for by name.
 *
 * Nothing is downloaded before its licence and size were shown and agreed to.
 */
import { EngineError } from './base/errors.js';
import { agrees } from './cliAsk.js';
import { downloadModel } from './llm/download.js';
import { type DownloadPlan, type Hub, planDownload } from './llm/hub.js';
import { type InstalledModel, listModels } from './llm/modelFolders.js';

export interface ModelCommand {
  /** What follows `model`. */
  words: readonly string[];
  /** Of all models. */
  folder: string;
  hub: Hub;
  json: boolean;
  /** Agreed to beforehand. */
  yes: boolean;
  /** The ONNX file to take, of several. */
  onnx?: string;
}

export async function runModelCommand(command: ModelCommand): Promise<void> {
  const [action = '', name = '', ...more] = command.words;
  if (action === 'list' && name === '') return list(command);
  if (action === 'download' && name !== '' && more.length === 0) return download(name, command);
  throw new EngineError('usage', 'model takes list, or download and a name');
}

async function list({ folder, json }: ModelCommand): Promise<void> {
  const models = await listModels(folder);
  const lines = models.map(
    ({ name, revision, licence, bytes, path }) =>
      `${name}  ${revision.slice(0, 12)}  ${licence ?? 'no licence named'}  ${megabytes(bytes)}  ${path}`,
  );
  const text = lines.join('\n') || 'No model was downloaded yet: scholia model download owner/name';
  process.stdout.write(json ? `${JSON.stringify(models)}\n` : `${text}\n`);
}

async function download(name: string, { folder, hub, json, yes, onnx }: ModelCommand): Promise<void> {
  const interrupted = new AbortController();
  const stop = () =>
    interrupted.abort(new EngineError('unavailable', 'Interrupted; what was loaded is kept for the next time'));
  process.once('SIGINT', stop);
  try {
    const { signal } = interrupted;
    const plan = await planDownload(name, hub, { onnx, signal });
    process.stderr.write(`${planText(plan, hub, folder)}\n`);
    if (!(await agrees('Download it?', yes, signal))) throw new EngineError('unavailable', 'Nothing was downloaded');
    const model = await downloadModel(plan, { hub, folder, signal, onProgress: progressLine(process.stderr) });
    process.stdout.write(json ? `${JSON.stringify(model)}\n` : `${installedText(model)}\n`);
  } finally {
    process.off('SIGINT', stop);
  }
}

function planText({ name, revision, licence, files, bytes, onnx, otherOnnx }: DownloadPlan, hub: Hub, folder: string) {
  return [
    `${name} at revision ${revision.slice(0, 12)}, from ${new URL(hub.url).origin}`,
    `licence: ${licence ?? 'the hub names none; look before you use it'}`,
    `${files.length} files, ${megabytes(bytes)}, to ${folder}`,
    `model: ${onnx}${otherOnnx.length > 0 ? ` (others, with --onnx: ${otherOnnx.join(', ')})` : ''}`,
  ].join('\n');
}

function installedText({ name, path }: InstalledModel): string {
  return `${path}\nTo use it: scholia.embedder.kind = folder and scholia.embedder.folder = ${name} (or the same for scholia.reranker)`;
}

function progressLine(stream: NodeJS.WriteStream) {
  let shown = '';
  return ({ file, doneBytes, totalBytes }: { file: string; doneBytes: number; totalBytes: number }) => {
    if (!stream.isTTY) return;
    const share = totalBytes > 0 ? Math.floor((100 * doneBytes) / totalBytes) : 100;
    const text = `${share} % of ${megabytes(totalBytes)}  ${file}`;
    if (text === shown) return;
    shown = text;
    stream.write(`\r\x1b[2K${text}${doneBytes === totalBytes ? '\n' : ''}`);
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
