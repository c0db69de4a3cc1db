/**
 * Where a server is and what opens it, checked before anything is sent.
 *
 * Both come from a person's settings, so each complaint names the setting. Neither complaint repeats the value:
 * an address can carry a password and a key is one.
 */

import { isElsewhere, isPublic } from '../base/destination.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type Service, told } from './service.js';

export interface Address {
  service: Service;
  /** For requests: no slash at the end, no fragment. */
  baseUrl: string;
  /** Scheme, host and port. */
  origin: string;
  /** For sentences: origin and path, without the query, where some gateways put a key. */
  shown: string;
  /** What is sent can be read on the way: plain HTTP to another machine. */
  readable: boolean;
}

export function parseAddress(baseUrl: string, service: Service): Address {
  const { baseUrlSetting, keySetting } = told(service);
  const url = URL.parse(baseUrl.trim());
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new EngineError('usage', t('{0} must be an address that begins with http:// or https://', baseUrlSetting));
  }
  if (url.username || url.password) {
    throw new EngineError(
      'usage',
      t('{0} must not contain a user name or password: give a key with {1}', baseUrlSetting, keySetting),
    );
  }
  if (url.protocol === 'http:' && isPublic(url.origin)) {
    throw new EngineError(
      'usage',
      t('{0} must begin with https://: what is sent to {1} could be read on the way', baseUrlSetting, url.host),
    );
  }
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  // An empty path is written as `/`, which would double the slash of every request.
  const requestUrl = url.search ? url.href : url.href.replace(/\/$/, '');
  return {
    service,
    baseUrl: requestUrl,
    origin: url.origin,
    shown: url.origin + url.pathname.replace(/\/$/, ''),
    readable: url.protocol === 'http:' && isElsewhere(url.origin),
  };
}

/** For the log or the status; empty where nobody on the way can read along. */
export function readableNotes({ readable, origin }: Address): string[] {
  return readable
    ? [t('The connection to {0} is not encrypted: others on the network can read what is sent', origin)]
    : [];
}

/** A key as it is sent, or an empty string for none. */
export function parseKey(apiKey: string | undefined, service: Service): string {
  const key = apiKey?.trim() ?? '';
  // Said here because the complaint of `Headers` about such a value repeats it.
  if (/[^\x21-\x7e]/.test(key)) {
    throw new EngineError(
      'usage',
      t('The API key holds a blank or a character that no key has: set it again with {0}', told(service).keySetting),
    );
  }
  return key;
}
