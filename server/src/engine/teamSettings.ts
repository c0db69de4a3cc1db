/**
 * The text of a `scholia.json` to settings within their bounds, and to problems that point at their place. Pure, and
 * total: whatever the text, it returns.
 */

import { type Node, type ParseError, type ParseErrorCode, parseTree, printParseErrorCode } from 'jsonc-parser';
import { phrase, t } from '../base/l10n.js';
import { linesOf } from '../base/text.js';
import { FIELD_NAMES } from '../index/postings.js';
import type { Flow } from '../rag/trace.js';
import { RANKING, type RankingWeights } from '../rag/weights.js';
import type { EmbedderSuggestion } from './embedderChoice.js';
import { MAX_PATTERN_CHARACTERS, MAX_PATTERNS, TEAM_RULES, type TeamRule } from './teamRules.js';

export interface TeamSettings {
  include: readonly string[];
  exclude: readonly string[];
  /** Null: the user's own limit. */
  maxFileKilobytes: number | null;
  chunkCharacters: number;
  weights: RankingWeights;
  flow: Flow;
  /** Null: none is suggested, or the one that counts anyway. */
  embedder: EmbedderSuggestion | null;
}

/** Something in the file that does not count as it stands. Lines and columns are 1-based, columns in UTF-16 units. */
export interface TeamProblem {
  severity: 'error' | 'warning';
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** A sentence without its full stop, and what counts instead. */
  message: string;
}

export interface TeamReading {
  /** Null: the file is broken, and nothing of it can be used. */
  settings: TeamSettings | null;
  /** In the order of their places. */
  problems: TeamProblem[];
}

const MAX_PROBLEMS = 50;
const MAX_SHOWN_CHARACTERS = 60;

/** What the parser calls its errors, as people would. */
const SYNTAX_ERRORS: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidCommentToken: phrase('JSON has no comments'),
  CommaExpected: phrase('A comma is missing'),
  ColonExpected: phrase('A colon is missing'),
  PropertyNameExpected: phrase('The name of a key is missing'),
  ValueExpected: phrase('A value is missing'),
  CloseBraceExpected: phrase('A closing brace is missing'),
  CloseBracketExpected: phrase('A closing bracket is missing'),
  EndOfFileExpected: phrase('The file goes on after its end'),
};

export function readTeamSettings(text: string): TeamReading {
  const errors: ParseError[] = [];
  let tree: Node | undefined;
  try {
    tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // The parser calls itself for each level.
    errors.push({ error: 0 as ParseErrorCode, offset: 0, length: 1 });
  }
  const place = placer(text);
  if (errors.length > 0 || tree?.type !== 'object') {
    const found = errors.length > 0 ? errors : [{ error: 0 as ParseErrorCode, offset: 0, length: text.length }];
    const problems = found.slice(0, MAX_PROBLEMS).map(({ error, offset, length }): TeamProblem => {
      const message = t(SYNTAX_ERRORS[printParseErrorCode(error)] ?? phrase('This is not a JSON object'));
      return {
        severity: 'error',
        ...place(offset, length),
        message: t('{0}; the file is not used as it stands', message),
      };
    });
    return { settings: null, problems };
  }
  const values = new Map<string, unknown>();
  const problems: TeamProblem[] = [];
  readObject(tree, '', values, (node, severity, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ severity, ...place(node.offset, node.length), message });
  });
  return { settings: settingsFrom(values), problems };
}

/** The settings of a folder without the file. */
export const NO_TEAM: TeamSettings = settingsFrom(new Map());

type Complain = (node: Node, severity: TeamProblem['severity'], message: string) => void;

function readObject(node: Node, prefix: string, values: Map<string, unknown>, complain: Complain): void {
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (!key || !value) continue;
    const name = prefix + key.value;
    const rule = Object.hasOwn(TEAM_RULES, name) ? TEAM_RULES[name]! : null;
    if (rule) {
      const read = usableValue(value, rule, name, complain);
      if (read !== undefined) values.set(name, read);
    } else if (!isGroup(name)) complain(key, 'warning', t('There is no key {0}; it does not count', shown(name)));
    else if (value.type === 'object') readObject(value, `${name}.`, values, complain);
    else complain(value, 'error', t('{0} is an object; its keys keep their defaults', name));
  }
}

function isGroup(name: string): boolean {
  return Object.keys(TEAM_RULES).some((known) => known.startsWith(`${name}.`));
}

/** Undefined: the default counts. */
function usableValue(node: Node, rule: TeamRule, name: string, complain: Complain): unknown {
  switch (rule.type) {
    case 'patterns':
      if (node.type !== 'array')
        return void complain(node, 'error', t('{0} is a list of patterns; it does not count', name));
      return patternsOf(node, name, complain);
    case 'choice':
      if (rule.values.includes(node.value)) return node.value;
      return void complain(
        node,
        'error',
        t('{0} is one of: {1}; {2} counts', name, rule.values.join(', '), rule.default),
      );
    case 'name':
      if (typeof node.value === 'string' && rule.form.test(node.value)) return node.value;
      return void complain(node, 'error', t('{0} is a name, never an address or a path; it does not count', name));
    default: {
      if (typeof node.value !== 'number' || !Number.isFinite(node.value))
        return void complain(node, 'error', t('{0} is a number; its default counts', name));
      const bounded = Math.min(rule.maximum, Math.max(rule.minimum, node.value));
      const used = rule.type === 'integer' ? Math.round(bounded) : bounded;
      if (used !== node.value)
        complain(
          node,
          'warning',
          t('{0} is {1} to {2}, not {3}; {4} counts', ...[name, rule.minimum, rule.maximum, node.value, used]),
        );
      return used;
    }
  }
}

function patternsOf(node: Node, name: string, complain: Complain): string[] {
  const patterns: string[] = [];
  for (const item of node.children ?? []) {
    if (typeof item.value !== 'string' || item.value.length > MAX_PATTERN_CHARACTERS || /[\r\n\0]/.test(item.value))
      complain(
        item,
        'error',
        t('A pattern is one line of at most {0} characters; this does not count', MAX_PATTERN_CHARACTERS),
      );
    else if (patterns.length === MAX_PATTERNS) {
      complain(item, 'warning', t('{0} takes {1} patterns; this and what follows does not count', name, MAX_PATTERNS));
      break;
    } else patterns.push(item.value);
  }
  return patterns;
}

function settingsFrom(values: ReadonlyMap<string, unknown>): TeamSettings {
  const get = <T>(name: string) => (values.get(name) ?? TEAM_RULES[name]!.default) as T;
  const kind = get<'bundled' | EmbedderSuggestion['kind']>('embedder.kind');
  return {
    include: get('index.include'),
    exclude: get('index.exclude'),
    maxFileKilobytes: get('index.maxFileKilobytes'),
    chunkCharacters: get('index.chunkCharacters'),
    weights: {
      lexical: {
        k1: RANKING.lexical.k1,
        fields: FIELD_NAMES.map((name, i) => ({
          ...RANKING.lexical.fields[i]!,
          weight: get(`ranking.fields.${name}`),
        })),
      },
      roles: {
        source: get('ranking.roles.source'),
        test: get('ranking.roles.test'),
        example: get('ranking.roles.example'),
        docs: get('ranking.roles.docs'),
        changelog: get('ranking.roles.changelog'),
      },
    },
    flow: get('flow'),
    embedder: kind === 'bundled' ? null : { kind, name: get('embedder.name') },
  };
}

type Place = Pick<TeamProblem, 'line' | 'column' | 'endLine' | 'endColumn'>;

function placer(text: string): (offset: number, length: number) => Place {
  const { starts } = linesOf(text);
  const at = (offset: number) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - starts[line]! + 1 };
  };
  return (offset, length) => {
    const end = at(Math.min(text.length, offset + length));
    return { ...at(offset), endLine: end.line, endColumn: end.column };
  };
}

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN_CHARACTERS ? `${name.slice(0, MAX_SHOWN_CHARACTERS)}…` : name);
}
