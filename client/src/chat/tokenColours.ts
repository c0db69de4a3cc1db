/** A theme's rules to a colour for each class of token. Pure. */
import type { TokenClass } from '../../../server/src/base/tokenClasses.js';

export interface ThemeFile {
  include?: string;
  /** In order; of two rules that fit equally well the later one holds. */
  tokenColors: { scope: string[]; foreground: string }[];
}

/** The scopes that grammars of the editor give such a token, best first. */
const scopes: Record<TokenClass, readonly string[]> = {
  comment: ['comment'],
  string: ['string.quoted', 'string'],
  number: ['constant.numeric'],
  // Most keywords of a passage declare something.
  keyword: ['storage.type', 'keyword.control', 'keyword', 'storage'],
  function: ['entity.name.function', 'support.function'],
  type: ['entity.name.type', 'entity.name.class', 'support.class', 'support.type'],
  constant: ['constant.language', 'variable.other.constant', 'constant'],
  property: ['variable.other.property', 'variable.other.object.property', 'support.variable.property', 'variable'],
  attribute: ['entity.other.attribute-name'],
  tag: ['entity.name.tag'],
  variable: ['variable.parameter', 'variable.other', 'variable'],
};

/** Only such a value reaches the page. */
const colour = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

export function tokenColours(rules: ThemeFile['tokenColors']): Partial<Record<TokenClass, string>> {
  const found = Object.entries(scopes).flatMap(([name, candidates]) => {
    const foreground = candidates.map((scope) => foregroundOf(rules, scope)).find((known) => known !== undefined);
    return foreground ? [[name, foreground] as const] : [];
  });
  return Object.fromEntries(found);
}

/** By the longest selector that begins the scope, as the editor has it; selectors of several levels are left aside. */
function foregroundOf(rules: ThemeFile['tokenColors'], scope: string): string | undefined {
  let best = { length: 0, foreground: undefined as string | undefined };
  for (const { scope: selectors, foreground } of rules)
    for (const selector of selectors)
      if ((scope === selector || scope.startsWith(`${selector}.`)) && selector.length >= best.length)
        best = { length: selector.length, foreground };
  return best.foreground;
}

/** Null for what is no theme in JSON, with comments and commas as the editor allows them. */
export function parseTheme(text: string): ThemeFile | null {
  try {
    const value = JSON.parse(withoutComments(text)) as Record<string, unknown> | null;
    const { include, tokenColors } = value ?? {};
    const rules = Array.isArray(tokenColors) ? tokenColors : [];
    return { ...(typeof include === 'string' && { include }), tokenColors: rules.flatMap(ruleOf) };
  } catch {
    return null;
  }
}

function ruleOf(rule: unknown): ThemeFile['tokenColors'] {
  const { scope, settings } = (rule ?? {}) as { scope?: unknown; settings?: { foreground?: unknown } };
  const foreground = settings?.foreground;
  if (typeof foreground !== 'string' || !colour.test(foreground)) return [];
  const selectors = typeof scope === 'string' ? scope.split(',') : Array.isArray(scope) ? scope : [];
  return [{ scope: selectors.filter((one) => typeof one === 'string').map((one) => one.trim()), foreground }];
}

function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_whole, quoted?: string) => quoted ?? '')
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_whole, quoted?: string) => quoted ?? '');
}
