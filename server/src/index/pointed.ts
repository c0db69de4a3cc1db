/**
 * What a pointer is on, by the grammar: a name in code, in a comment or in a string, and whether the name is a parameter
 * or variable of the function around it. A keyword is no name. Runs in a parse worker.
 *
 * What declares a local is told by the types that nodes have in all grammars, not by a query for each language: where it
 * is not recognised the name is taken for one that may be defined elsewhere, as it would be without a grammar.
 */
import type { Node } from 'web-tree-sitter';
import { type Lines, lineOfOffset } from '../base/text.js';
import { type Brought, broughtAt, broughtUnder } from './brought.js';
import type { Grammars } from './grammars.js';
import type { SyntaxCut } from './languages.js';
import { escaped } from './tokens.js';

export interface Pointed {
  /** In an import only what it brings is a name; the rest is the way there. */
  where: 'code' | 'import' | 'comment' | 'string';
  /** Line of the parameter or variable of a function around it that the name means; null where it is none. */
  localLine: number | null;
  /** What an import of the file brings under this name; null where none does. */
  brought: Brought | null;
}

const COMMENT = /comment/;
const IMPORT = /^(import|use|using|package|namespace_use|preproc_include|include)(_|$)/;
const STRING = /string|heredoc|char_literal|character_literal|^regex/;
/** Code in a string. */
const INTERPOLATION = /interpolat|substitution|embedded_expression/;
const FUNCTION = /func|method|lambda|closure|constructor|arrow|do_block|^block$|catch|^for_|^foreach|comprehension/;
/** What may stand between a declared name and what declares it. */
const PATTERN =
  /pattern|declarator_list|identifier_list|expression_list|variable_list|pointer_declarator|reference_declarator|^typed_|^default_|optional_|^rest_|splat|variable_name|^parenthesized_variable/;
const PARAMETER = /param|^for_in_clause$/;
const BINDING =
  /^(variable_declarator|init_declarator|let_declaration|let_condition|short_var_declaration|var_spec|const_spec|variable_declaration|local_variable_declaration|property_declaration|assignment|assignment_expression|left_assignment_list|for_statement|for_in_statement|for_in_clause|for_expression|for_range_loop|enhanced_for_statement|foreach_statement|range_clause|for_each_statement|catch_clause|named_expression|as_pattern_target)$/;
const BOUND_FIELD = /^(name|pattern|left|declarator|parameter|value_name|alias)$/;
/** Parts of a declaration in which names are used, not declared. */
const USED_FIELD = /^(type|value|default_value|right|body|return_type|default|condition)$/;
const MAX_OCCURRENCES = 300;
const MAX_FUNCTION_CHARACTERS = 60_000;

/** `start` and `end` are offsets of the name. Null for a keyword, and where the text cannot be parsed in time. */
export async function pointedAt(
  grammars: Grammars,
  lines: Lines,
  cut: SyntaxCut,
  { start, end }: { start: number; end: number },
  deadlineMs: number,
): Promise<Pointed | 'keyword' | null> {
  const { parser, query } = await grammars.load(cut);
  const deadline = performance.now() + deadlineMs;
  const tree = parser.parse(lines.text, null, { progressCallback: () => performance.now() > deadline });
  if (!tree) {
    parser.reset();
    return null;
  }
  try {
    const node = tree.rootNode.descendantForIndex(start, end);
    // A part in another language, which this grammar does not look into.
    if (!node || node.type === 'raw_text') return null;
    const where = placeOf(node);
    if (where === 'comment') return { where, localLine: null, brought: null };
    if (where === 'string') return { where, localLine: null, brought: broughtAt(node, query) };
    const isReserved = !node.isNamed || (node.type === node.text && !/identifier|name/.test(node.type));
    if (isReserved) return 'keyword';
    if (where === 'import') return { where, localLine: null, brought: broughtAt(node, query) };
    const name = lines.text.slice(start, end);
    const local = isMember(node) ? null : declarationOf(node, name);
    if (local) return { where, localLine: lineOfOffset(lines, local.startIndex), brought: null };
    const here = broughtAt(node, query);
    const brought = here ?? (isMember(node) ? null : broughtUnder(name, tree.rootNode, lines.text, query));
    return { where, localLine: null, brought };
  } finally {
    tree.delete();
  }
}

function placeOf(node: Node): Pointed['where'] {
  for (let at: Node | null = node; at; at = at.parent) {
    if (COMMENT.test(at.type)) return 'comment';
    if (INTERPOLATION.test(at.type)) return 'code';
    if (STRING.test(at.type)) return 'string';
    if (at.isNamed && IMPORT.test(at.type)) return 'import';
  }
  return 'code';
}

/** It stands behind what it belongs to, so that no local can be meant. */
function isMember(node: Node): boolean {
  const { parent } = node;
  if (/property_identifier|field_identifier/.test(node.type)) return !/shorthand/.test(node.type);
  return (
    parent !== null &&
    /attribute|member|field_access|field_expression|selector|navigation|scoped/.test(parent.type) &&
    parent.firstNamedChild?.startIndex !== node.startIndex
  );
}

/** In the innermost function around the name that declares it. */
function declarationOf(node: Node, name: string): Node | null {
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped(name)}(?![\\p{L}\\p{N}_$])`, 'gu');
  for (let scope = node.parent; scope?.parent; scope = scope.parent) {
    if (!FUNCTION.test(scope.type)) continue;
    const { text, startIndex } = scope;
    if (text.length > MAX_FUNCTION_CHARACTERS) return null;
    let left = MAX_OCCURRENCES;
    for (const { index } of text.matchAll(word)) {
      if (left-- === 0) return null;
      const found = scope.descendantForIndex(startIndex + index, startIndex + index + name.length);
      if (found && /identifier|name|^variable$|simple_symbol/.test(found.type) && declares(found, scope)) return found;
    }
  }
  return null;
}

function declares(name: Node, scope: Node): boolean {
  if (/^type_/.test(name.type)) return false;
  let child = name;
  for (let at = name.parent; at; child = at, at = at.parent) {
    const field = fieldOf(at, child);
    if (field && USED_FIELD.test(field) && !(field === 'value' && /pair_pattern/.test(at.type))) return false;
    if (PARAMETER.test(at.type) && !/argument/.test(at.type)) return true;
    if (BINDING.test(at.type)) return field ? BOUND_FIELD.test(field) : at.firstNamedChild?.id === child.id;
    if (/arrow_function|lambda/.test(at.type)) return field === 'parameter' || field === 'parameters';
    if (!PATTERN.test(at.type) || at.id === scope.id) return false;
  }
  return false;
}

function fieldOf(parent: Node, child: Node): string | null {
  for (let i = 0; i < parent.childCount; i++) if (parent.child(i)?.id === child.id) return parent.fieldNameForChild(i);
  return null;
}
