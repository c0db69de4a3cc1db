/** The MCP SDK's own client over stdio: the built command, driven as an agent drives it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { dist, type Files, writeFiles } from '../support/engine.js';

export interface Agent {
  client: Client;
  folder: string;
  storeBase: string;
  /** The text of a result, which must not be an error. */
  text(tool: string, given: Record<string, unknown>): Promise<string>;
  /** The text of an error. */
  error(tool: string, given: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export interface AgentOptions {
  env?: Record<string, string>;
  /** Of another agent, to share its folder and its store. */
  beside?: Agent;
}

/** Whoever opens one closes it. */
export async function agentOn(files: Files, { env, beside }: AgentOptions = {}): Promise<Agent> {
  const scratch = mkdtempSync(join(tmpdir(), 'scholia-test-'));
  const folder = beside?.folder ?? join(scratch, 'root');
  const storeBase = beside?.storeBase ?? join(scratch, 'store');
  await writeFiles(folder, { 'README.md': '# Fixture\n', ...files });
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(dist, 'server/cli.cjs'), 'mcp', '--root', folder, '--store', storeBase],
    // Nobody's own settings.
    env: { ...getDefaultEnvironment(), XDG_CONFIG_HOME: scratch, HOME: scratch, ...env },
    stderr: 'inherit',
  });
  await client.connect(transport);
  const call = async (name: string, given: Record<string, unknown>) => {
    const { content, isError = false } = (await client.callTool({ name, arguments: given })) as CallToolResult;
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    return { text, isError };
  };
  const expecting = (wanted: boolean) => async (tool: string, given: Record<string, unknown>) => {
    const { text, isError } = await call(tool, given);
    if (isError !== wanted) throw new Error(`${tool} ${wanted ? 'did not fail' : 'failed'}: ${text}`);
    return text;
  };
  return {
    client,
    folder,
    storeBase,
    text: expecting(false),
    error: expecting(true),
    async close() {
      await client.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
