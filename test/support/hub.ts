/**
 * A hub of models on loopback, with a second server for the files themselves, as real hubs have: lists, redirects,
 * ranges; and all that can go wrong on the way.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ScriptedHub {
  /** Where it lists. */
  url: string;
  /** Where its redirects lead. */
  filesOrigin: string;
  /** Requests to the hub, then to the files' server: path, range and authorisation. */
  requests: HubRequest[];
}

export interface HubRequest {
  server: 'hub' | 'files';
  path: string;
  range: string | undefined;
  authorisation: string | undefined;
}

/** Answers a request for a file instead of sending it as it is; false: send it. */
export type Trouble = (request: HubRequest, response: ServerResponse, content: Buffer) => boolean | Promise<boolean>;

export interface HubOptions {
  /** By `owner/name`. */
  models: Record<string, Record<string, Buffer>>;
  /** Changes what is listed of a model. */
  listed?: (list: Record<string, unknown>) => unknown;
  trouble?: Trouble;
}

export const REVISION = 'c'.repeat(40);
const LARGE = /\.onnx|_data/;

export async function startHub({
  models,
  listed = (list) => list,
  trouble = () => false,
}: HubOptions): Promise<ScriptedHub> {
  const requests: HubRequest[] = [];

  const filesOrigin = await serve(async (incoming, response) => {
    const request = seen('files', incoming);
    const [, owner, name, ...path] = decodeURIComponent(request.path).split('/');
    await send(request, response, models[`${owner}/${name}`]![path.join('/')]!);
  });

  const url = await serve(async (incoming, response) => {
    const request = seen('hub', incoming);
    const [, owner, name, , revision, ...path] = decodeURIComponent(request.path).split('/');
    if (request.path.startsWith('/api/models/')) return list(request.path, response);
    const content = models[`${owner}/${name}`]?.[path.join('/')];
    if (!content || revision !== REVISION) return void response.writeHead(404).end();
    if (!LARGE.test(path.join('/'))) return send(request, response, content);
    response.writeHead(302, { location: `${filesOrigin}/${owner}/${name}/${path.join('/')}?signature=x` }).end();
  });

  function seen(server: HubRequest['server'], { url = '', headers }: IncomingMessage): HubRequest {
    const request = { server, path: url.split('?')[0]!, range: headers.range, authorisation: headers.authorization };
    requests.push(request);
    return request;
  }

  function list(path: string, response: ServerResponse): void {
    const [name = ''] = /(?<=\/api\/models\/)[^/]+\/[^/]+/.exec(path) ?? [];
    const files = models[name];
    if (!files) return void response.writeHead(401).end('{"error":"Repository not found"}');
    const siblings = Object.entries(files).map(([rfilename, content]) => {
      const blobId = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      const sha256 = createHash('sha256').update(content).digest('hex');
      const lfs = LARGE.test(rfilename) ? { lfs: { sha256, size: content.length } } : {};
      return { rfilename, size: content.length, blobId, ...lfs };
    });
    const listing = { sha: REVISION, cardData: { license: 'apache-2.0' }, tags: [], siblings };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(listed(listing)));
  }

  async function send(request: HubRequest, response: ServerResponse, content: Buffer): Promise<void> {
    if (await trouble(request, response, content)) return;
    const from = Number(/^bytes=(\d+)-$/.exec(request.range ?? '')?.[1] ?? -1);
    if (from >= content.length) return void response.writeHead(416).end();
    if (from < 0) return void response.writeHead(200, { 'content-length': content.length }).end(content);
    const headers = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(206, { ...headers, 'content-length': content.length - from }).end(content.subarray(from));
  }

  return { url, filesOrigin, requests };
}

async function serve(answer: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
