/**
 * Code to HTML with colours: from runs, where the server's grammars told what is what; else comments, strings, numbers
 * and keywords alone, told apart by one pattern per family of languages, as for code that a model writes.
 *
 * Whatever the runs or the pattern make of a text, the letters that come out are the letters that went in, escaped.
 */
import { tokenClasses } from '../../../../server/src/base/tokenClasses.js';
import type { Runs } from '../messages.js';
import { escapeText } from './visible.js';

interface Family {
  pattern: RegExp;
  keywords: ReadonlySet<string>;
}

const slashComment = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`;
const hashComment = String.raw`#[^\n]*`;
const doubleQuoted = String.raw`"(?:[^"\\\n]|\\[^\n])*"?`;
const singleQuoted = String.raw`'(?:[^'\\\n]|\\[^\n])*'?`;
const tripleQuoted = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)`;
const backQuoted = '`(?:[^`\\\\]|\\\\[\\s\\S])*`?';
/** In Rust a lone quotation mark begins a lifetime. */
const character = String.raw`'(?:[^'\\\n]|\\[^'\n]+)'`;

const javascript = family([slashComment], [backQuoted, doubleQuoted, singleQuoted], {
  words: `abstract as async await break case catch class const continue declare default delete do else enum export extends
    false finally for from function get if implements import in infer instanceof interface is keyof let namespace new null of
    override private protected public readonly return satisfies set static super switch this throw true try type typeof
    undefined var void while with yield`,
});
const python = family([hashComment], [tripleQuoted, doubleQuoted, singleQuoted], {
  words: `and as assert async await break case class continue def del elif else except False finally for from global if
    import in is lambda match None nonlocal not or pass raise return True try while with yield`,
});
const go = family([slashComment], [backQuoted, doubleQuoted, singleQuoted], {
  words: `break case chan const continue default defer else fallthrough false for func go goto if import interface map nil
    package range return select struct switch true type var`,
});
const rust = family([slashComment], [doubleQuoted, character], {
  words: `as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut
    pub ref return self Self static struct super trait true type unsafe use where while`,
});
const java = family([slashComment], [tripleQuoted, doubleQuoted, singleQuoted], {
  words: `abstract auto boolean break byte case catch char class const constexpr continue default delete do double else enum
    explicit extends extern false final finally float for friend if implements import inline int interface long namespace
    new null nullptr operator override package private protected public record return sealed short signed sizeof static
    struct super switch template this throw throws true try typedef typename union unsigned using var virtual void volatile
    while yield`,
});
const shell = family([hashComment], [doubleQuoted, singleQuoted], {
  words: 'case do done elif else esac export fi for function if in local return set then until while true false null',
});

const families: Record<string, Family> = {
  ...{ typescript: javascript, javascript, ts: javascript, js: javascript, tsx: javascript, jsx: javascript },
  ...{ typescriptreact: javascript, javascriptreact: javascript, json: javascript, jsonc: javascript },
  ...{ python, py: python, go, rust, rs: rust },
  ...{ java, c: java, cpp: java, 'c++': java, csharp: java, cs: java, kotlin: java },
  ...{ shell, sh: shell, bash: shell, shellscript: shell, yaml: shell, yml: shell, toml: shell, dockerfile: shell },
};

export function colourCode(code: string, language: string): string {
  const found = Object.hasOwn(families, language.toLowerCase()) ? families[language.toLowerCase()] : undefined;
  if (!found) return escapeText(code);
  let html = '';
  let end = 0;
  for (const match of code.matchAll(found.pattern)) {
    const kind = kindOf(match, found.keywords);
    if (!kind) continue;
    html += `${escapeText(code.slice(end, match.index))}<span class="code-${kind}">${escapeText(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escapeText(code.slice(end));
}

/** The part of a text from `start` to `end`, by the runs of the whole. */
export function colourRuns(text: string, runs: Runs, { start, end }: { start: number; end: number }): string {
  let html = '';
  let at = start;
  for (let i = 0; i + 2 < runs.length; i += 3) {
    const from = Math.max(at, runs[i]!);
    const to = Math.min(end, runs[i]! + runs[i + 1]!);
    const name = tokenClasses[runs[i + 2]!];
    if (from >= to || !name) continue;
    html += `${escapeText(text.slice(at, from))}<span class="code-${name}">${escapeText(text.slice(from, to))}</span>`;
    at = to;
  }
  return html + escapeText(text.slice(at, end));
}

function kindOf({ groups }: RegExpMatchArray, keywords: ReadonlySet<string>): string | null {
  if (groups?.['comment']) return 'comment';
  if (groups?.['string']) return 'string';
  if (groups?.['number']) return 'number';
  return keywords.has(groups?.['word'] ?? '') ? 'keyword' : null;
}

function family(comments: readonly string[], strings: readonly string[], { words }: { words: string }): Family {
  const number = String.raw`\b\d[\w.]*`;
  const groups = {
    comment: comments.join('|'),
    string: strings.join('|'),
    number,
    word: String.raw`[\p{L}_$][\p{L}\p{N}_$]*`,
  };
  const source = Object.entries(groups).map(([name, pattern]) => `(?<${name}>${pattern})`);
  return { pattern: new RegExp(source.join('|'), 'gu'), keywords: new Set(words.split(/\s+/)) };
}
