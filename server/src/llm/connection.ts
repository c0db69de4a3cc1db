/**
 * Failures below HTTP: no server, no name, no trust, a line that went dead.
 *
 * Known by the code of the innermost cause; messages of the network stack are not shown, they speak of sockets.
 * A name that does not exist or a certificate that is not trusted stays so, and is not tried again.
 */
import { EngineError } from '../base/errors.js';
import type { Service } from './service.js';

export interface Failure {
  error: EngineError;
  /** The same request may succeed later. */
  retry: boolean;
  /** What the server asked for with `Retry-After`. */
  retryAfterMs: number | null;
}

/** Who was being reached. */
export interface Peer {
  service: Service;
  origin: string;
}

export function connectionFailure(thrown: Error, { service, origin }: Peer): Failure {
  const { kind, noun, baseUrlSetting } = service;
  const code = codeOf(thrown);
  const fail = (retry: boolean, what: string): Failure => ({
    error: new EngineError(`${kind}-unreachable`, what),
    retry,
    retryAfterMs: null,
  });
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const message = `The ${noun} at ${origin} sent nothing for 300 s, the longest that can be waited: choose a faster model`;
    return { error: new EngineError(`${kind}-timeout`, message), retry: false, retryAfterMs: null };
  }
  if (code === 'ECONNREFUSED') {
    return fail(true, `No ${noun} answers at ${origin}: start its server, or correct ${baseUrlSetting}`);
  }
  if (code === 'ENOTFOUND') {
    return fail(false, `There is no host by the name in ${origin}: correct ${baseUrlSetting}`);
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO') {
    return fail(
      false,
      `The server at ${origin} does not speak HTTPS: write http:// in ${baseUrlSetting} if it is yours`,
    );
  }
  if (/CERT|ISSUER|SIGNATURE|^ERR_(SSL|TLS)/.test(code)) {
    return fail(
      false,
      `The certificate of ${origin} is not trusted (${code}): correct ${baseUrlSetting}, or name its authority in NODE_EXTRA_CA_CERTS`,
    );
  }
  const named = code ? ` (${code})` : '';
  return fail(
    code !== '',
    `The connection to the ${noun} at ${origin} failed${named}: check that its server runs, and ${baseUrlSetting}`,
  );
}

/** The code nearest to the cause; where several addresses were tried, that of the last. */
export function codeOf(thrown: unknown): string {
  let code = '';
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const own = (error as NodeJS.ErrnoException).code;
    if (typeof own === 'string') code = own;
  }
  return code;
}
