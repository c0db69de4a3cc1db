/** For which addresses a key can be entered: a key is for an origin, and for nothing beside it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOriginsOf } from '../../client/src/keyOrigins.js';

test('services at one origin share its key, another port or scheme is another origin', () =>
  expect(
    keyOriginsOf([
      { address: ' https://api.test/v1 ', service: 'language model' },
      { address: 'https://api.test:443/other', service: 'embedder' },
      { address: 'http://api.test/v1', service: 'reranker' },
      { address: 'https://api.test:8443/v1', service: 'completion' },
    ]),
  ).toEqual([
    { origin: 'https://api.test', services: ['language model', 'embedder'] },
    { origin: 'http://api.test', services: ['reranker'] },
    { origin: 'https://api.test:8443', services: ['completion'] },
  ]));

test('what only looks like an address is no place for a key', () => {
  for (const address of [
    '',
    'api.test',
    'file:///etc/passwd',
    'command:x',
    'javascript:1',
    'https://',
    'ws://api.test',
  ])
    expect(keyOriginsOf([{ address, service: 'x' }]), address).toEqual([]);
});

test('a host that begins with another’s name does not get its key', () =>
  fc.assert(
    fc.property(fc.domain(), fc.domain(), (host, other) => {
      const [found] = keyOriginsOf([{ address: `https://${host}.${other}/v1`, service: 'x' }]);
      expect(found!.origin).toBe(`https://${host}.${other}`.toLowerCase());
    }),
  ));
