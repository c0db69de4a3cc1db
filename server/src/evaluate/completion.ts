/**
 * What completion is given: a cursor where the next line is to be written, and the definition in another file that this
 * line calls. Of a file as the index has it the line is taken away: it is opened as a buffer in which that line is blank.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeText, lineAt, linesOf } from '../base/text.js';
import type { Engine } from '../engine/engine.js';
import type { ContextKind } from '../rag/completionContext.js';
import type { Open } from './arms.js';
import { filesEnding, readLines } from './dataFiles.js';
import type { Passage } from './metrics.js';
import type { Case, RepositoryTree, Suite } from './suite.js';

interface Row {
  id: string;
  repo: string;
  commit: string;
  path: string;
  line: number;
  symbol: string;
  defined_in: { path: string; line: number };
}

const CONTEXT_TOKENS = 4096;

export function loadXfileCompletion(folder: string): Suite {
  const trees = new Map<string, RepositoryTree>();
  const cases = filesEnding(folder, '.jsonl').flatMap((file) =>
    readLines<Row>(file).map(({ id, repo, commit, path, line, defined_in }): Case => {
      const key = `${repo.replace('/', '+')}@${commit.slice(0, 12)}`;
      trees.set(key, { kind: 'repository', key, repository: repo, commit, root: '', history: false });
      const lines = { startLine: defined_in.line, endLine: defined_in.line };
      return {
        id,
        query: `${path}:${line}`,
        cursor: { path, line, column: Number.MAX_SAFE_INTEGER },
        tree: key,
        group: basename(file, '.jsonl'),
        parts: [],
        wanted: [{ path: defined_in.path, lines }],
      };
    }),
  );
  const arms = { similar: arm('similar'), symbols: arm('symbols'), all: arm('all') };
  return {
    name: 'xfile-completion',
    trees: [...trees.values()],
    cases,
    measures: ['chunk@10', 'Hit@5', 'Hit@10', 'chunk@5'],
    over: 'groups',
    arms,
  };
}

function arm(kind: ContextKind): Open {
  return async (engine) => ({
    search: ({ cursor }) => contextAt(engine, cursor!, kind),
    close: async () => {},
  });
}

/** With the time that the buffer takes to be parsed, as in an editor. */
async function contextAt(engine: Engine, at: NonNullable<Case['cursor']>, kind: ContextKind): Promise<Passage[]> {
  const { text, column } = withoutLine(decodeText(readFileSync(join(engine.root, at.path)))?.text ?? '', at.line);
  engine.openBuffer(at.path, text);
  try {
    await using snapshot = await engine.snapshot();
    return await snapshot.completionContext(text, { ...at, column }, { maxTokens: CONTEXT_TOKENS, kind });
  } finally {
    engine.closeBuffer(at.path);
  }
}

/** Its indentation stays, and the cursor stands after it. */
export function withoutLine(text: string, line: number): { text: string; column: number } {
  const lines = linesOf(text);
  const whole = lineAt(lines, line);
  const indent = /^\s*/.exec(whole)![0];
  const start = lines.starts[line - 1] ?? text.length;
  return { text: text.slice(0, start) + indent + text.slice(start + whole.length), column: indent.length + 1 };
}
