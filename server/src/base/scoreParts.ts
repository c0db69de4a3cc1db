/**
 * What each named part of a score says for a passage, in words for a person; below zero it says that the passage does so
 * less than others that were found. What begins with `ranker` was learned from questions about other repositories.
 */
import { phrase } from './l10n.js';

const PARTS: ReadonlyMap<string, string> = new Map([
  ['lexical', phrase('holds words of the question, and rare ones count most')],
  ['meaning', phrase('is near the question in meaning, as the embedder has it')],
  ['definition', phrase('defines a name that the question mentions')],
  ['path', phrase('has words of the question in its path')],
  ['agreement', phrase('is the best of a file that speaks of the question throughout')],
  ['repeat', phrase('comes after better passages of its file')],
  ['file', phrase('stands in a file that the question names')],
  ['frame', phrase('holds a line that a stack trace in the question names')],
  ['pattern', phrase('is matched by the regular expression in the question')],
  ['overview', phrase('introduces the project, which the question is about')],
  ['history', phrase('stands in a file whose commits speak of the question')],
  ['caller', phrase('makes a call that is asked for')],
  ['callee', phrase('is what is called')],
  ['changed', phrase('holds lines whose last change is asked for')],
  ['scope', phrase('is what the question was asked about')],
  ['ranker words', phrase('holds more of the question, and closer together, than the other passages')],
  ['ranker meaning', phrase('is nearer in meaning than the other passages')],
  ['ranker file', phrase('is of a file that answers better than the other files')],
  ['ranker neighbours', phrase('stands in a folder, or is imported by files, that were found too')],
  ['ranker path', phrase('is of a file that is named by words of the question')],
  ['ranker symbol', phrase('is named by words of the question')],
  ['ranker history', phrase('was changed by commits that speak of the question')],
  ['ranker role', phrase('plays the part in the project that such questions are about')],
  ['ranker kind', phrase('is of the kind, size and place that answers such questions')],
  ['ranker repeat', phrase('comes after better passages of its file')],
  ['spread', phrase('comes after better passages of its file')],
  ['copy', phrase('says the same as a better passage of another file')],
  ['reranker', phrase('was judged by the reranker, which reads question and passage together')],
  ['docs', phrase('is documentation, and no source')],
  ['test', phrase('is a test, and no source')],
  ['example', phrase('is an example, and no source')],
  ['changelog', phrase('is of a changelog, and no source')],
]);

/** In English, without a subject, which is the passage; empty for a part that is not known. */
export function scorePartMeaning(part: string): string {
  return PARTS.get(part) ?? '';
}
