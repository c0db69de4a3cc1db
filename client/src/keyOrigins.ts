/** The origins that a key can be for: those of the addresses in the settings. Pure. */

export interface KeyOrigin {
  /** Scheme, host and port. */
  origin: string;
  /** What is there, in words. */
  services: string[];
}

/** One for each origin, in the order of the addresses; what is no web address is passed over. */
export function keyOriginsOf(addresses: readonly { address: string; service: string }[]): KeyOrigin[] {
  const found = new Map<string, KeyOrigin>();
  for (const { address, service } of addresses) {
    const url = URL.parse(address.trim());
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') continue;
    const entry = found.get(url.origin) ?? { origin: url.origin, services: [] };
    found.set(url.origin, { ...entry, services: [...entry.services, service] });
  }
  return [...found.values()];
}
