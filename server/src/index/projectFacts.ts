/**
 * What configuration files say of the names that code imports by: go.mod, package.json, tsconfig.json. Pure, and
 * lenient: a file that cannot be read says nothing.
 */
import { folderOf, joinPath, nameOf } from './places.js';

/** What configuration files say of names. */
export interface ProjectFacts {
  /** From go.mod. */
  goModules: { folder: string; module: string }[];
  /** From tsconfig.json and jsconfig.json; `base` is the folder that targets are relative to. */
  scriptPaths: { folder: string; base: string | null; patterns: { pattern: string; targets: string[] }[] }[];
  /** From package.json: folders of packages by name. */
  packages: Map<string, string>;
}

/** Names of the files that `readFacts` wants to see. */
export const FACT_FILE = /(^|\/)(go\.mod|package\.json|[tj]sconfig(\.[\w-]+)?\.json)$/;
const MAX_PATTERNS = 200;

export function readFacts(files: readonly { path: string; text: string }[]): ProjectFacts {
  const facts: ProjectFacts = { goModules: [], scriptPaths: [], packages: new Map() };
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const folder = folderOf(path);
    const name = nameOf(path);
    if (name === 'go.mod') {
      const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1];
      if (module) facts.goModules.push({ folder, module });
    } else if (name === 'package.json') {
      const named = field(parseLenient(text), 'name');
      if (typeof named === 'string' && !facts.packages.has(named)) facts.packages.set(named, folder);
    } else addScriptPaths(facts, folder, parseLenient(text));
  }
  // The innermost folder's word counts.
  facts.goModules.sort((a, b) => b.module.length - a.module.length);
  facts.scriptPaths.sort((a, b) => b.folder.length - a.folder.length);
  return facts;
}

function addScriptPaths(facts: ProjectFacts, folder: string, config: unknown): void {
  const options = field(config, 'compilerOptions');
  const baseUrl = field(options, 'baseUrl');
  const paths = field(options, 'paths');
  const base = typeof baseUrl === 'string' ? joinPath(folder, baseUrl) : null;
  const patterns = Object.entries(paths && typeof paths === 'object' ? paths : {}).slice(0, MAX_PATTERNS);
  if (base === null && patterns.length === 0) return;
  facts.scriptPaths.push({
    folder,
    base,
    patterns: patterns.map(([pattern, targets]) => ({
      pattern,
      targets: (Array.isArray(targets) ? targets : [])
        .filter((target): target is string => typeof target === 'string')
        .map((target) => joinPath(base ?? folder, target))
        .filter((target) => target !== null),
    })),
  });
}

function field(value: unknown, name: string): unknown {
  return value && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined;
}

/** JSON with the comments and last commas that configuration files have; null when it is not even that. */
function parseLenient(text: string): unknown {
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
  try {
    return JSON.parse(plain);
  } catch {
    return null;
  }
}
