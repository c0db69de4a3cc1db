/** Which embedder counts, by what the person and the team say: every combination against a few laws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseEmbedder, type EmbedderChoices } from '../../server/src/engine/embedderChoice.js';

const CHOICES: EmbedderChoices = {
  settings: {
    'embedder.kind': 'bundled',
    'embedder.folder': '',
    'embedder.name': '',
    'embedder.baseUrl': 'https://vectors.example/v1',
  },
  suggestion: null,
  approved: false,
  installed: ['owner/local'],
  trusted: true,
};

const settings = (changes: Partial<EmbedderChoices['settings']>) => ({ ...CHOICES.settings, ...changes });

test.each([
  ['nothing was chosen', {}, 'bundled', ''],
  [
    'a folder',
    { settings: settings({ 'embedder.kind': 'folder', 'embedder.folder': ' /models/x ' }) },
    'folder',
    '/models/x',
  ],
  ['a server', { settings: settings({ 'embedder.kind': 'server', 'embedder.name': 'nomic' }) }, 'server', 'nomic'],
  [
    'a server, in a folder that is not trusted',
    { settings: settings({ 'embedder.kind': 'server', 'embedder.name': 'nomic' }), trusted: false },
    'bundled',
    '',
  ],
  ['none', { settings: settings({ 'embedder.kind': 'off' }) }, 'off', ''],
  ['the team has an installed model', { suggestion: { kind: 'folder', name: 'owner/local' } }, 'folder', 'owner/local'],
  ['the team has another', { suggestion: { kind: 'folder', name: 'owner/other' } }, 'bundled', ''],
  ['the team has a server', { suggestion: { kind: 'server', name: 'nomic' } }, 'bundled', ''],
  ['approved', { suggestion: { kind: 'server', name: 'nomic' }, approved: true }, 'server', 'nomic'],
  ['approval installs nothing', { suggestion: { kind: 'folder', name: 'owner/other' }, approved: true }, 'bundled', ''],
] as [string, Partial<EmbedderChoices>, string, string][])('%s', (_name, changes, kind, name) => {
  expect(chooseEmbedder({ ...CHOICES, ...changes })).toMatchObject({ kind, name });
});

test('a suggestion never overrides a choice, names an address or sends anything before approval', () => {
  const any = fc.record({
    settings: fc.record({
      'embedder.kind': fc.constantFrom('bundled', 'folder', 'server', 'off'),
      'embedder.folder': fc.constantFrom('', '/models/own'),
      'embedder.name': fc.constantFrom('', 'own'),
      'embedder.baseUrl': fc.constantFrom('', 'nonsense', 'https://vectors.example/v1'),
    }),
    suggestion: fc.option(
      fc.record({ kind: fc.constantFrom('folder', 'server'), name: fc.constantFrom(null, 'owner/local', 'other') }),
    ),
    approved: fc.boolean(),
    installed: fc.constantFrom([], ['owner/local']),
    trusted: fc.boolean(),
  }) as fc.Arbitrary<EmbedderChoices>;
  fc.assert(
    fc.property(any, (choices) => {
      const decision = chooseEmbedder(choices);
      const own = chooseEmbedder({ ...choices, suggestion: null });
      const follows = decision.kind !== own.kind;
      if (own.kind !== 'bundled') expect(decision).toEqual(own);
      if (follows) expect(decision.name).toBe(choices.suggestion!.name);
      if (follows && decision.kind === 'server') expect(choices.approved).toBe(true);
      if (follows && decision.kind === 'folder') expect(choices.installed).toContain(decision.name);
      if (decision.awaiting) expect([decision.kind, decision.note]).toEqual(['bundled', expect.any(String)]);
      // Whatever does not count is said.
      if (!choices.trusted) expect([decision.kind, decision]).toEqual([expect.not.stringMatching('server'), own]);
      if (choices.trusted && own.kind === 'bundled' && choices.suggestion && !follows)
        expect(decision.note).toMatch(/^scholia\.json /);
    }),
  );
});
