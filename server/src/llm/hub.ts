/**
 * What a hub of models has under a name: which files, of which size and checksum, under which licence.
 *
 * A name decides nothing but what is asked of the hub: of what it lists only files of known names are taken, and where
 * they land is decided here. Redirects are followed, since hubs keep large files elsewhere; a token goes to the hub alone.
 */
import { EngineError } from '../base/errors.js';

export const DEFAULT_HUB = 'https://huggingface.co';

export interface Hub {
  /** `http` or `https`. */
  url: string;
  token?: string;
  /** The longest wait for headers and for each piece, in milliseconds. Default 60 s. */
  idleMs?: number;
}

export interface PlannedFile {
  /** In the hub's repository. */
  from: string;
  /** In the model's folder, with `/`. */
  to: string;
  bytes: number;
  /** Large files are known by their own digest, small ones by that of git's blob. */
  checksum: { kind: 'sha256' | 'git-blob'; hex: string };
}

export interface DownloadPlan {
  /** `owner/name`. */
  name: string;
  /** Commit; a branch or tag was resolved. */
  revision: string;
  /** As the hub has it, such as `apache-2.0`; null when it says nothing. */
  licence: string | null;
  files: PlannedFile[];
  bytes: number;
  /** The ONNX file that was chosen, and those that could be named instead. */
  onnx: string;
  otherOnnx: string[];
}

export const IDLE_MS = 60_000;
const MAX_LIST_BYTES = 8 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const NAME = /^(?<name>[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95})(?:@(?<revision>[\w][\w./-]{0,95}))?$/;
/** Full precision first: what is smaller is chosen by whoever wants it. */
const ONNX_ORDER = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx', 'model_int8.onnx'];
/** Besides the model itself. The first is needed. */
const BESIDES = [
  'tokenizer.json',
  'config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'modules.json',
  'config_sentence_transformers.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
  'LICENSE',
  'LICENSE.txt',
  'LICENSE.md',
];

/** `reference` is `owner/name` or `owner/name@revision`; `onnx` a file of the repository. Nothing is stored. */
export async function planDownload(
  reference: string,
  hub: Hub,
  { onnx, signal }: { onnx?: string; signal?: AbortSignal } = {},
): Promise<DownloadPlan> {
  const { name, revision = 'main' } = NAME.exec(reference)?.groups ?? {};
  if (!name || /(^|\/)\.\.?(\/|$)/.test(revision))
    throw new EngineError('usage', 'A model is named owner/name or owner/name@revision');
  const listed = await list(name, revision, hub, signal);
  const files = new Map(filesOf(listed).map((file) => [file.from, file]));
  const candidates = [...files.keys()].filter((path) => /^(onnx\/)?[\w-][\w.-]*\.onnx$/.test(path)).sort(byChoice);
  const chosen = onnx ?? candidates[0];
  if (!chosen) throw failed(`${name} has no ONNX file: look for one that has, often of the owner onnx-community`);
  if (!candidates.includes(chosen)) throw failed(`${name} has no file ${chosen}; it has ${candidates.join(', ')}`);
  if (!files.has('tokenizer.json')) throw failed(`${name} has no tokenizer.json, which Scholia needs`);
  const besides = BESIDES.flatMap((path) => files.get(path) ?? []);
  // Weights over two gigabytes lie in files beside, which the model names by their own names.
  const weights = [...files.values()].filter(({ from }) => /^[._]data(_\d+)?$/.test(from.replace(chosen, '')));
  const wanted = [
    ...besides.map((file) => ({ ...file, to: file.from })),
    { ...files.get(chosen)!, to: 'model.onnx' },
    ...weights.map((file) => ({ ...file, to: file.from.split('/').at(-1)! })),
  ];
  const unsafe = wanted.find(({ checksum }) => !checksum);
  if (unsafe) throw failed(`The hub gives no checksum for ${unsafe.from} of ${name}, so it is not downloaded`);
  return {
    name,
    revision: shaOf(listed, name),
    licence: licenceOf(listed),
    files: wanted as PlannedFile[],
    bytes: wanted.reduce((sum, { bytes }) => sum + bytes, 0),
    onnx: chosen,
    otherOnnx: candidates.filter((path) => path !== chosen),
  };
}

/** An open reply with status 200, 206 or 416; anything else throws. Redirects are followed, the token stays behind. */
export async function fetchFromHub(
  path: string,
  hub: Hub,
  signal: AbortSignal,
  range: string | null = null,
): Promise<Response> {
  let url = hubUrl(hub, path);
  const { origin, protocol } = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const headers = {
      'user-agent': 'scholia',
      // Ranges and sizes are of the file, not of a packed form.
      'accept-encoding': 'identity',
      ...(range ? { range } : {}),
      ...(hub.token && url.origin === origin ? { authorization: `Bearer ${hub.token}` } : {}),
    };
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    if (response.status < 300 || response.status >= 400) return checked(response, url);
    await response.body?.cancel();
    const target = URL.parse(response.headers.get('location') ?? '', url.href);
    const fits = target?.protocol === 'https:' || (target?.protocol === 'http:' && protocol === 'http:');
    if (!fits) throw failed(`${url.origin} sends the download on to an address that is not safe`);
    url = target!;
  }
  throw failed(`${origin} sends the download around in a circle`);
}

/** With the cause `passing` where the same request may succeed later. */
export function failed(message: string, options?: ErrorOptions): EngineError {
  return new EngineError('download-failed', message, options);
}

function hubUrl({ url, token }: Hub, path: string): URL {
  const base = URL.parse(url.trim());
  if ((base?.protocol !== 'http:' && base?.protocol !== 'https:') || base.username || base.password)
    throw new EngineError(
      'usage',
      'The address of the hub (SCHOLIA_HUB_URL) begins with http:// or https://, and holds no password',
    );
  if (token && /[^\x21-\x7e]/.test(token))
    throw new EngineError('usage', 'The token for the hub (SCHOLIA_HUB_TOKEN) holds a character that no token has');
  return new URL(base.origin + base.pathname.replace(/\/+$/, '') + path);
}

async function checked(response: Response, { origin }: URL): Promise<Response> {
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return response;
  await response.body?.cancel();
  if (status === 401 || status === 403)
    throw failed(
      `${origin} does not give this model to everybody, or does not have it: look it up there; a token goes in SCHOLIA_HUB_TOKEN`,
    );
  if (status === 404) throw failed(`${origin} has no such model, revision or file: check the name`);
  const cause = status === 408 || status === 429 || status >= 500 ? 'passing' : undefined;
  throw failed(`${origin} does not give the model just now (${status}): try again later`, { cause });
}

interface Listed {
  sha?: unknown;
  cardData?: { license?: unknown; license_name?: unknown } | null;
  tags?: unknown;
  siblings?: unknown;
}

async function list(name: string, revision: string, hub: Hub, signal: AbortSignal | undefined): Promise<Listed> {
  const path = `/api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const limit = AbortSignal.timeout(hub.idleMs ?? IDLE_MS);
  try {
    const response = await fetchFromHub(path, hub, signal ? AbortSignal.any([signal, limit]) : limit);
    let text = '';
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > MAX_LIST_BYTES) throw failed('The hub’s list of files has no end');
    }
    const listed: unknown = JSON.parse(text);
    if (typeof listed === 'object' && listed) return listed;
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof EngineError) throw thrown;
    if (!(thrown instanceof SyntaxError))
      throw failed(`No hub answers at ${hubUrl(hub, '').origin}: check the network, and SCHOLIA_HUB_URL`);
  }
  throw failed(`What answers at ${hubUrl(hub, '').origin} is no hub of models: check SCHOLIA_HUB_URL`);
}

function filesOf({
  siblings,
}: Listed): (Omit<PlannedFile, 'to' | 'checksum'> & { checksum: PlannedFile['checksum'] | null })[] {
  return (Array.isArray(siblings) ? siblings : []).flatMap((row) => {
    const { rfilename: from, size, blobId, lfs } = (row ?? {}) as Record<string, unknown>;
    const { sha256, size: lfsSize } = (lfs ?? {}) as Record<string, unknown>;
    const bytes = lfsSize ?? size;
    if (typeof from !== 'string' || !Number.isSafeInteger(bytes) || (bytes as number) < 0) return [];
    return [{ from, bytes: bytes as number, checksum: checksumOf(sha256, lfs ? undefined : blobId) }];
  });
}

function checksumOf(sha256: unknown, blobId: unknown): PlannedFile['checksum'] | null {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) return { kind: 'sha256', hex: sha256 };
  if (typeof blobId === 'string' && /^[0-9a-f]{40}$/.test(blobId)) return { kind: 'git-blob', hex: blobId };
  return null;
}

function shaOf({ sha }: Listed, name: string): string {
  if (typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha)) return sha;
  throw failed(`The hub does not say which revision of ${name} it has`);
}

function licenceOf({ cardData, tags }: Listed): string | null {
  const { license, license_name: named } = cardData ?? {};
  const tag = (Array.isArray(tags) ? tags : []).find((text) => typeof text === 'string' && text.startsWith('license:'));
  const found = [license === 'other' ? named : license, license, tag?.slice('license:'.length)];
  const text = found.flat().find((value) => typeof value === 'string' && value !== '');
  return text ? text.replace(/[^\x20-\x7e]/g, '').slice(0, 80) : null;
}

function byChoice(a: string, b: string): number {
  const rank = (path: string) => {
    const at = ONNX_ORDER.indexOf(path.split('/').at(-1)!);
    return at < 0 ? ONNX_ORDER.length : at;
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
