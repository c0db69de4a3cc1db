/**
 * What an agent can ask for: five tools that read, each with its arguments, bounds and meaning. The schemas that
 * clients see, and the checks of what they send, are made from these declarations.
 */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { answerText, definitionsText, hitsText, linesText, usesText } from '../base/agentText.js';
import type { Engine } from '../engine/engine.js';
import type { Snapshot } from '../engine/snapshot.js';

/** One call, as the protocol tells of it. */
export type Call = RequestHandlerExtra<ServerRequest, ServerNotification>;

export interface ToolContext {
  engine: Engine;
  answers: Parameters<Snapshot['ask']>[1];
  signal: AbortSignal;
  /** Tells the client what is being done, a sentence. */
  report(note: string): void;
}

/** Runs a tool on an index that is up to date. `run` gives the result as text, or rejects with a sentence. */
export type Answered = (call: Call, run: (context: ToolContext) => Promise<string>) => Promise<CallToolResult>;

const MAX_LINES = 400;
const DEFAULT_LINES = 200;
/** No file that is read has more. */
const LAST_LINE = 100_000_000;

/** `openWorldHint`: a language model that the user named may be asked. */
const READS_HERE = { readOnlyHint: true, openWorldHint: false };
const MAY_ASK_MODEL = { readOnlyHint: true, openWorldHint: true };

const NAME = z
  .string()
  .min(1)
  .max(200)
  .describe('The name as it stands in the code, such as `total`, or `Cart.total` for one of several');
const line = () => z.int().min(1).max(LAST_LINE);
const limit = (fallback: number, maximum: number) =>
  z.int().min(1).max(maximum).default(fallback).describe(`How many at most; ${fallback} when absent`);

/** In the order in which clients list them. */
export function registerTools(server: McpServer, answered: Answered): void {
  registerSearch(server, answered);
  registerAsk(server, answered);
  registerDefinition(server, answered);
  registerCallers(server, answered);
  registerReadLines(server, answered);
}

function registerSearch(server: McpServer, answered: Answered): void {
  const about = {
    title: 'Search the code base',
    description:
      'Finds passages of code and documents by meaning, words and names, best first; each with its path, line numbers and text. Ask in a few words or a whole question. `lang:python` or `path:src/` in the query narrow it.',
    inputSchema: z.strictObject({
      query: z.string().min(1).max(4000).describe('Words, names or a question'),
      limit: limit(8, 50),
    }),
    annotations: READS_HERE,
  };
  server.registerTool('search', about, ({ query, limit }, call) =>
    answered(call, async ({ engine }) => {
      await using snapshot = await engine.snapshot();
      const hits = await snapshot.search(query, limit);
      const claims = hits.map(({ text, ...hit }, n) => ({ ...hit, n, quote: text, verified: false }));
      const checked = await snapshot.verify(claims);
      const held = hits.flatMap((hit, i) => {
        const { verified, startLine, endLine } = checked[i]!;
        return verified ? { ...hit, startLine, endLine } : [];
      });
      return hitsText(held, hits.length - held.length);
    }),
  );
}

function registerAsk(server: McpServer, answered: Answered): void {
  const about = {
    title: 'Ask about the code base',
    description:
      'Answers a question from the code base, every statement cited by path and lines that were read again, or says that nothing here answers it. Also knows who calls a name, what it calls, and when, why and by whom lines were last changed.',
    inputSchema: z.strictObject({ question: z.string().min(1).max(4000).describe('One question, in words') }),
    annotations: MAY_ASK_MODEL,
  };
  server.registerTool('ask', about, ({ question }, call) =>
    answered(call, async ({ engine, answers, signal, report }) => {
      await using snapshot = await engine.snapshot();
      const answer = await snapshot.ask({ question, history: [] }, answers, {
        signal,
        onProgress: (progress) => progress.kind === 'step' && report(progress.note),
      });
      return answerText(answer);
    }),
  );
}

function registerDefinition(server: McpServer, answered: Answered): void {
  const about = {
    title: 'Find a definition',
    description: 'Where a name is defined: path, lines, the comment of it and its code.',
    inputSchema: z.strictObject({ name: NAME, limit: limit(5, 20) }),
    annotations: READS_HERE,
  };
  server.registerTool('definition', about, ({ name, limit }, call) =>
    answered(call, async ({ engine }) => {
      await using snapshot = await engine.snapshot();
      return definitionsText(await snapshot.definitions(name, limit));
    }),
  );
}

function registerCallers(server: McpServer, answered: Answered): void {
  const about = {
    title: 'Find callers',
    description:
      'Every line that calls a name or uses it as a type, with the function around it and the definition that it means.',
    inputSchema: z.strictObject({ name: NAME, limit: limit(30, 200) }),
    annotations: READS_HERE,
  };
  server.registerTool('callers', about, ({ name, limit }, call) =>
    answered(call, async ({ engine }) => {
      await using snapshot = await engine.snapshot();
      return usesText(await snapshot.uses(name, limit));
    }),
  );
}

function registerReadLines(server: McpServer, answered: Answered): void {
  const about = {
    title: 'Read lines of a file',
    description: `Lines of one file of the code base, at most ${MAX_LINES} at a time, with their numbers. Only files that are indexed can be read; PDF, Word and notebook files as the text that citations count in.`,
    inputSchema: z.strictObject({
      path: z.string().min(1).max(4096).describe('Relative to the root, with `/`, as in results of the other tools'),
      startLine: line().default(1).describe('The first line; 1 when absent'),
      endLine: line().optional().describe(`The last line; ${DEFAULT_LINES} lines are shown when absent`),
    }),
    annotations: READS_HERE,
  };
  server.registerTool('read_lines', about, ({ path, startLine, endLine = startLine + DEFAULT_LINES - 1 }, call) =>
    answered(call, async ({ engine }) => {
      if (endLine < startLine) throw new Error(`endLine ${endLine} comes before startLine ${startLine}`);
      const range = { startLine, endLine: Math.min(endLine, startLine + MAX_LINES - 1) };
      const file = await engine.readLines(path.replaceAll('\\', '/').replace(/^\.\//, ''), range);
      if (file.lines === 0) return `${path} is empty.`;
      if (startLine > file.lines) throw new Error(`${path} has ${file.lines} lines; there is no line ${startLine}`);
      return linesText(file);
    }),
  );
}
