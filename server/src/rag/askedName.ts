/** The name that a question of a fixed form asks about, as it stands in the sentence. Pure. */
import { identifierKey } from '../index/tokens.js';

export interface AskedName {
  /** As it is spelled; several words are joined. */
  name: string;
  /** What stands before the name, as in `Cart.total`; empty if nothing does. */
  container: string;
  /** It is spelled as an identifier, so that it counts even if it is defined elsewhere. */
  isIdentifier: boolean;
}

const AROUND_NAME =
  /^(?:the|our|a|an|this|函数|方法|类)\s*|^(?:function|method|class|type|macro|component|constructor|helper|struct|interface|module|routine)\s+|\s*(?:function|method|class|type|macro|component|constructor|struct|interface|module|函数|方法|类)$|\(\s*\)$|[`'"“”]/gi;
const IDENTIFIER =
  /^(?:(?<container>[\p{L}_$][\p{L}\p{M}\p{N}_$.:#>-]*?)(?:\.|::|#|->))?(?<name>[\p{L}_$#][\p{L}\p{M}\p{N}_$]*[!?]?)$/u;
const MAX_CHARACTERS = 200;
const MAX_WORDS = 3;

/** On one line, without what ends a sentence and without spaces beside Chinese; empty where it is too long for a form. */
export function bareQuestion(text: string): string {
  const bare = text
    .trim()
    .replace(/[\s?？.。!！]+$/, '')
    .replace(/\s+/g, ' ')
    .replace(/(?<=\p{Script=Han}) | (?=[\p{Script=Han}])/gu, '');
  return bare.length > MAX_CHARACTERS ? '' : bare;
}

/** The name in a phrase such as “the `total` function”; null where it is none. */
export function nameIn(phrase: string): AskedName | null {
  let bare = phrase.trim();
  for (let before = ''; before !== bare; ) {
    before = bare;
    bare = bare.replace(AROUND_NAME, '').trim();
  }
  const path = IDENTIFIER.exec(bare)?.groups;
  if (path) {
    const { name, container = '' } = path as { name: string; container?: string };
    return { name, container: container.replaceAll(/::|#|->/g, '.'), isIdentifier: true };
  }
  const words = bare.split(' ');
  const isWords = words.length <= MAX_WORDS && words.every((word) => /^[\p{L}\p{N}_$]+$/u.test(word));
  return isWords ? { name: identifierKey(words.join('')), container: '', isIdentifier: false } : null;
}
