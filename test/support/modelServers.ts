/** Servers of other people's making, as far as they say which models they have: real sockets, canned words. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Heard {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Route = object | ((body: string, response: ServerResponse) => void);

/** Answers `path` or `METHOD path` with JSON, anything else with 404. Ends with the test. */
export async function serverOf(routes: Record<string, Route>): Promise<{ baseUrl: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const { method = '', url: path = '', headers } = request;
    heard.push({ method, path, headers, body });
    const route = routes[`${method} ${path}`];
    if (typeof route === 'function') route(body, response);
    else response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(route ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, heard };
}

export function listOf(ownedBy: string, ...models: object[]): object {
  return { object: 'list', data: models.map((model) => ({ object: 'model', owned_by: ownedBy, ...model })) };
}

/** As llama.cpp's server has it. */
export const llamaCpp = (context: number) => ({
  'GET /v1/models': listOf('llamacpp', { id: 'qwen.gguf', meta: { n_ctx_train: 131072 } }),
  'GET /props': { default_generation_settings: { n_ctx: context }, total_slots: 4 },
});
