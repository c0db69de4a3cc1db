/**
 * Doc comments and definitions in a file's lines, by rules of thumb for some twenty languages: enough to draw a few good
 * ones from each file, not to find all. Rows count from 0.
 */

const PREPROCESSOR = String.raw`include|define|if|pragma|region|endif|else|\[`;
const COMMENT = new RegExp(String.raw`^\s*(\/\/|\/\*|#(?!!|${PREPROCESSOR})|---?\s)`);
const COMMENT_GOES_ON = new RegExp(String.raw`^\s*(\/\/|#(?!${PREPROCESSOR}))`);
const ABOVE_CODE = /^\s*(\/\/|\/\*|\*|#|<\?php|package |'use strict')/;
const ATTRIBUTE = /^\s*(@|#\[|\[)/;
const MODIFIER = String.raw`export|default|public|private|protected|internal|static|async|abstract|final|open|override|sealed|inline|suspend|pub(\([^)]*\))?|unsafe|const|extern|virtual|data`;
const KEYWORD =
  'function|func|fun|def|defp|defmodule|defmacro|fn|class|interface|struct|enum|trait|type|object|impl|module|const';
const TYPED_FUNCTION = String.raw`[A-Za-z_][\w<>\[\],:*& ]*\s+\**[A-Za-z_]\w*\s*\(`;
const DEFINITION = new RegExp(String.raw`^\s*((${MODIFIER})\s+)*((${KEYWORD})\b|${TYPED_FUNCTION})`);
const NAME =
  /(?:function|func(?:\s*\([^)]*\))?|fun|def|defp|defmodule|defmacro|fn|class|interface|struct|enum|trait|type|object|module)\s+([A-Za-z_][\w.]*)/;
const MIN_NAME = 4;
const PYTHON_DEFINITION = /^\s*(def|class|async def)\b/;
const PYTHON_STRING = /^\s*[ru]?("""|''')/;
const ELIXIR_DOC = /^\s*@(moduledoc|doc)\s+(~S)?"""/;
/** How many attributes and blank lines may lie between a comment and its definition. */
const MAX_BETWEEN = 4;
const MAX_SIGNATURE = 12;

const DELIMITER = /^\s*(\/\/[/!]?|\/\*\*?|\*\/|\*|#+|"""|'''|--)\s?/;
const CLOSING = /\*\/\s*$|"""\s*$|'''\s*$/;
const TAGS = /^(@|:param|:return|Args:|Returns:|Parameters|- Parameter|# Examples|Example|<param|<returns|```|\\param)/;
const LINK = /\[`?([^\]`]*)`?\](\([^)]*\)|\[[^\]]*\])?/g;
const NOT_ABOUT_CODE = /copyright|licen[sc]e|todo|deprecated|generated|eslint|@ts-|nolint|rubocop|noinspection|http/i;
const MIN_WORDS = 5;
const MAX_WORDS = 45;
const MIN_LETTERS = 0.8;

/**
 * `comments`: those whose first sentence can be a question, as `{part, from, to, at, query}`: `part` is `header` (of the
 * file) or `comment` (of a definition), `from` to `to` its rows, `at` the row that it is about.
 * `names`: `{name, row}` of definitions.
 */
export function readComments(path, lines) {
  const comments = [];
  const names = [];
  for (let row = 0; row < lines.length; row++) {
    const name = DEFINITION.test(lines[row]) && lines[row].match(NAME)?.[1];
    if (name && name.length >= MIN_NAME) names.push({ name, row });
    const comment = commentAt(path, lines, row);
    if (!comment) continue;
    if (comment.part && isQuestion(comment.query)) comments.push(comment);
    if (comment.from === row) row = comment.to;
  }
  return { comments, names };
}

function commentAt(path, lines, row) {
  if (COMMENT.test(lines[row])) return blockAt(lines, row);
  if (path.endsWith('.py')) return docstringAt(lines, row);
  if (/\.exs?$/.test(path)) return elixirDocAt(lines, row);
}

/** A comment before what it is about; without a `part` where that is neither a definition nor the file. */
function blockAt(lines, from) {
  let to = from;
  if (/^\s*\/\*/.test(lines[from])) to = rowOf(lines, from, /\*\//);
  else while (to + 1 < lines.length && COMMENT_GOES_ON.test(lines[to + 1])) to++;
  const query = firstSentence(lines.slice(from, to + 1));
  const below = rowBelow(lines, to);
  const defines = below < lines.length && DEFINITION.test(lines[below]);
  const onTop = below < lines.length && !defines && lines.slice(0, from).every(isAboveCode);
  if (from < 3 || onTop) return { part: 'header', from, to, at: to + 1, query };
  return { part: defines ? 'comment' : undefined, from, to, at: below, query };
}

/** The docstring below a definition, or of the module. */
function docstringAt(lines, row) {
  const defines = PYTHON_DEFINITION.test(lines[row]);
  if (!defines && row > 0) return;
  let from = row;
  if (defines) {
    while (from < lines.length && !/:\s*(#.*)?$/.test(lines[from]) && from < row + MAX_SIGNATURE) from++;
    from++;
  }
  const quotes = lines[from]?.match(PYTHON_STRING)?.[1];
  if (!quotes) return;
  const to = lines[from].split(quotes).length < 3 ? rowOf(lines, from + 1, quotes) : from;
  const query = firstSentence(lines.slice(from, to + 1).map((line) => line.replace(PYTHON_STRING, '')));
  return defines ? { part: 'comment', from, to, at: row, query } : { part: 'header', from, to, at: to + 1, query };
}

function elixirDocAt(lines, from) {
  const kind = lines[from].match(ELIXIR_DOC)?.[1];
  if (!kind) return;
  const to = rowOf(lines, from + 1, /^\s*"""/);
  const part = kind === 'moduledoc' ? 'header' : 'comment';
  return { part, from, to, at: to + 1, query: firstSentence(lines.slice(from + 1, to)) };
}

/** The first row from `from` on that has a text or matches; past the end where none does. */
function rowOf(lines, from, what) {
  const row = lines.findIndex((line, i) => i >= from && line.search(what) >= 0);
  return row < 0 ? lines.length : row;
}

function rowBelow(lines, comment) {
  let row = comment + 1;
  while (row < lines.length && row <= comment + MAX_BETWEEN && (ATTRIBUTE.test(lines[row]) || isBlank(lines[row])))
    row++;
  return row;
}

/** The first sentence of a comment's first paragraph, without markup. */
function firstSentence(lines) {
  const text = lines.map((line) => line.replace(DELIMITER, '').replace(CLOSING, '').trim());
  const tags = text.findIndex((line) => TAGS.test(line));
  const paragraph = (tags < 0 ? text : text.slice(0, tags)).join('\n').trim().split('\n\n')[0];
  const plain = paragraph
    .replaceAll('\n', ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\{@\w+ ([^}]*)\}/g, '$1')
    .replace(LINK, '$1')
    .replace(/`/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.match(/^(.{20,}?[.!?])(\s|$)/)?.[1] ?? plain;
}

function isQuestion(text) {
  const words = text.split(/\s+/).length;
  if (words < MIN_WORDS || words > MAX_WORDS || NOT_ABOUT_CODE.test(text)) return false;
  return /[a-z]{3}/.test(text) && text.match(/[a-zA-Z ]/g).length / text.length > MIN_LETTERS;
}

function isAboveCode(line) {
  return isBlank(line) || ABOVE_CODE.test(line);
}

function isBlank(line) {
  return line.trim() === '';
}
