/**
 * The one language of fixtures: files with marks in them.
 *
 * `//- /path` on a line of its own starts a file, `$0` is the cursor, `<chunk kind name>…</chunk>` and `<cite n>…</cite>`
 * mark ranges that are expected. Marks are taken out; what is left is the file.
 */

export interface Mark {
  tag: 'chunk' | 'cite';
  /** The words of the opening tag after its name. */
  words: string[];
  path: string;
  startLine: number;
  endLine: number;
}

export interface Place {
  path: string;
  /** 1-based, and in UTF-16 units. */
  line: number;
  column: number;
}

export interface Fixture {
  files: Record<string, string>;
  marks: Mark[];
  cursor: Place | null;
}

const TOKEN = /<(chunk|cite)((?: [^<>\n]*)?)>|<\/(chunk|cite)>|\$0/g;

/** Text before the first `//- /path` belongs to `path`; a first line that is empty is left out, so that a fixture can begin below its backtick. */
export function parseFixture(marked: string, path = 'main.ts'): Fixture {
  const fixture: Fixture = { files: {}, marks: [], cursor: null };
  const parts = marked.replace(/^\n/, '').split(/^\/\/- \/(.+)\n/m);
  if (parts[0] !== '') parseFile(path, parts[0]!, fixture);
  for (let i = 1; i < parts.length; i += 2) parseFile(parts[i]!, parts[i + 1]!, fixture);
  return fixture;
}

function parseFile(path: string, marked: string, fixture: Fixture): void {
  const open: Mark[] = [];
  let text = '';
  let last = 0;
  for (const match of marked.matchAll(TOKEN)) {
    text += marked.slice(last, match.index);
    last = match.index + match[0].length;
    const before = text.split('\n');
    const line = before.length;
    if (match[0] === '$0') fixture.cursor = { path, line, column: before.at(-1)!.length + 1 };
    else if (match[1]) {
      const words = match[2]!.trim().split(' ').filter(Boolean);
      const mark: Mark = { tag: match[1] as Mark['tag'], words, path, startLine: line, endLine: line };
      fixture.marks.push(mark);
      open.push(mark);
    } else {
      const mark = open.pop();
      if (mark?.tag !== match[3]) throw new Error(`A fixture closes ${match[0]} that is not open in ${path}`);
      mark!.endLine = line;
    }
  }
  if (open.length > 0) throw new Error(`A fixture leaves <${open[0]!.tag}> open in ${path}`);
  fixture.files[path] = text + marked.slice(last);
}

/** A line repeated, each time with its number for `#`: what makes a fixture long enough to be cut. */
export function many(times: number, line: string): string {
  return Array.from({ length: times }, (_, i) => line.replaceAll('#', String(i + 1))).join('\n');
}
