/**
 * Failures below HTTP: no server, no name, no trust, a line that went dead.
 *
 * Known by the code of the innermost cause; messages of the network stack are not shown, they speak of sockets.
 * A name that does not exist or a certificate that is not trusted stays so, and is not tried again.
 */

import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type Service, told } from './service.js';

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
  const { kind, noun, baseUrlSetting } = told(service);
  const code = codeOf(thrown);
  const fail = (retry: boolean, what: string): Failure => ({
    error: new EngineError(`${kind}-unreachable`, what),
    retry,
    retryAfterMs: null,
  });
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const message = t(
      'The {0} at {1} sent nothing for 300 s, the longest that can be waited: choose a faster model',
      noun,
      origin,
    );
    return { error: new EngineError(`${kind}-timeout`, message), retry: false, retryAfterMs: null };
  }
  if (code === 'ECONNREFUSED') {
    return fail(true, t('No {0} answers at {1}: start its server, or correct {2}', noun, origin, baseUrlSetting));
  }
  if (code === 'ENOTFOUND') {
    return fail(false, t('There is no host by the name in {0}: correct {1}', origin, baseUrlSetting));
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO') {
    return fail(
      false,
      t('The server at {0} does not speak HTTPS: write http:// in {1} if it is yours', origin, baseUrlSetting),
    );
  }
  if (/CERT|ISSUER|SIGNATURE|^ERR_(SSL|TLS)/.test(code)) {
    return fail(
      false,
      t(
        'The certificate of {0} is not trusted ({1}): correct {2}, or name its authority in NODE_EXTRA_CA_CERTS',
        origin,
        code,
        baseUrlSetting,
      ),
    );
  }
  const named = code ? ` (${code})` : '';
  return fail(
    code !== '',
    t(
      'The connection to the {0} at {1} failed{2}: check that its server runs, and {3}',
      noun,
      origin,
      named,
      baseUrlSetting,
    ),
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
