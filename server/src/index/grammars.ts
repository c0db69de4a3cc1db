/** Tree-sitter's grammars and their queries, each loaded when a file first needs it. One set for each parse thread. */
import { join } from 'node:path';
import { Language, Parser, Query } from 'web-tree-sitter';
import { loadGrammar, type SyntaxCut } from './languages.js';

export interface Grammar {
  parser: Parser;
  query: Query;
}

export interface Grammars {
  load(cut: SyntaxCut): Promise<Grammar>;
}

export async function openGrammars(assets: string): Promise<Grammars> {
  await Parser.init({ locateFile: () => join(assets, 'grammars', 'web-tree-sitter.wasm') });
  const loaded = new Map<string, Promise<Grammar>>();

  async function load(cut: SyntaxCut): Promise<Grammar> {
    const { wasm, query } = loadGrammar(assets, cut);
    const language = await Language.load(wasm);
    const parser = new Parser();
    parser.setLanguage(language);
    return { parser, query: new Query(language, query) };
  }

  return {
    load(cut) {
      const key = `${cut.grammar}:${cut.query}`;
      const known = loaded.get(key) ?? load(cut);
      loaded.set(key, known);
      return known;
    },
  };
}
