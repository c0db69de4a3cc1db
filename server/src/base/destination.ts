/** Whether what is sent somewhere leaves this machine. */

import { t } from './l10n.js';

/** Where text goes that a model of the editor's is sent: it has it from this vendor, in whose hands the rest is. */
export function editorDestination(vendor: string): string {
  return `the editor (${vendor.replace(/[^\w .-]/g, '').slice(0, 40)})`;
}

/** The same for people, in their language; an address is told as it is. */
export function destinationName(place: string): string {
  const [, vendor] = /^the editor \((.*)\)$/.exec(place) ?? [];
  return vendor === undefined ? place : t('the editor ({0})', vendor);
}

/** Only the editor knows where its models run, so they count as being elsewhere. */
export function isEditor(place: string): boolean {
  return place.startsWith('the editor (');
}

/** True for an http(s) address of another machine; false for none, and for what is neither, such as the device `cpu`. */
export function isElsewhere(place: string): boolean {
  if (isEditor(place)) return true;
  const url = URL.parse(place);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  const { hostname: host } = url;
  return !(host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host));
}

/** Addresses of private networks, of the cable and of carriers; of IPv6 the unique local ones and those of the cable. */
const OWN_ADDRESS =
  /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(\.\d+){2,3}$|^\[(f[cd][\da-f]{2}|fe[89ab][\da-f]):/;
/** Names that no public server has: without a dot, or under a domain kept for this. */
const OWN_NAME = /^[^.:[\]]+$|\.(local|lan|internal|intranet|home\.arpa|test)$/;

/** True for another machine that is reached through networks of strangers. */
export function isPublic(place: string): boolean {
  if (!isElsewhere(place)) return false;
  const { hostname: host } = new URL(place);
  return !OWN_ADDRESS.test(host) && !OWN_NAME.test(host);
}
