/** A theme's file to the colours of code in the chat. */
import { expect, test } from 'vitest';
import { parseTheme, tokenColours } from '../../client/src/chat/tokenColours.js';

const THEME = `{
  // Comments and trailing commas, as themes have them.
  "include": "./base.json",
  "tokenColors": [
    { "settings": { "foreground": "#111111" } },
    { "scope": ["string", "meta.embedded"], "settings": { "foreground": "#222222" } },
    { "scope": "string.quoted.double, keyword", "settings": { "foreground": "#333333" /* not the first */ } },
    { "scope": "source.ts keyword.control", "settings": { "foreground": "#444444" } },
    { "scope": "entity.name.function", "settings": { "foreground": "url(http://evil.example)" } },
    { "scope": "comment", "settings": { "fontStyle": "italic", "foreground": "#55555580" } },
  ],
}`;

test('the longest selector that begins a scope holds; what is no colour is left out', () => {
  const { include, tokenColors } = parseTheme(THEME)!;
  expect(include).toBe('./base.json');
  expect(tokenColours(tokenColors)).toEqual({ string: '#222222', keyword: '#333333', comment: '#55555580' });
});

test('of two that fit equally the later one holds, so that a theme overrides what it builds on', () => {
  const rule = (foreground: string) => ({ scope: ['keyword'], foreground });
  expect(tokenColours([rule('#111111'), rule('#222222')]).keyword).toBe('#222222');
});

test('what is no theme gives none', () => {
  for (const text of ['', '[', '7', '{"tokenColors": "./theme.tmTheme"}'])
    expect(tokenColours(parseTheme(text)?.tokenColors ?? [])).toEqual({});
});
