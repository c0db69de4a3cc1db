/** Whether what is sent somewhere leaves this machine. */

/** Where text goes that a model of the editor's is sent: it has it from this vendor, in whose hands the rest is. */
export function editorDestination(vendor: string): string {
  return `the editor (${vendor.replace(/[^\w .-]/g, '').slice(0, 40)})`;
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
