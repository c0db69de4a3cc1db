/** Whether what is sent somewhere leaves this machine. */

/** True for an http(s) address of another machine; false for none, and for what is no address, such as the device `cpu`. */
export function isElsewhere(place: string): boolean {
  const url = URL.parse(place);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  const { hostname: host } = url;
  return !(host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host));
}

/** Names and addresses that only a network of one's own has. */
const OWN_NETWORK =
  /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[f[cd][\da-f]{2}:|\[fe[89ab][\da-f]:)|^[^.:[\]]+$|\.(local|lan|internal|home\.arpa|intranet|test)$/;

/** True for another machine that is reached through networks of strangers. */
export function isPublic(place: string): boolean {
  return isElsewhere(place) && !OWN_NETWORK.test(new URL(place).hostname);
}
