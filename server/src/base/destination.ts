/** Whether what is sent somewhere leaves this machine. */

/** True for an http(s) address of another machine; false for none, and for what is no address, such as the device `cpu`. */
export function isElsewhere(place: string): boolean {
  const url = URL.parse(place);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  const { hostname: host } = url;
  return !(host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host));
}
