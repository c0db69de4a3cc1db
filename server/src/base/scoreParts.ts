/**
 * What each named part of a score says for a passage, in words for a person; below zero it says that the passage does so
 * less than others that were found. What begins with `ranker` was learned from questions about other repositories.
 */

const PARTS: ReadonlyMap<string, string> = new Map([
  ['lexical', 'holds words of the question, and rare ones count most'],
  ['meaning', 'is near the question in meaning, as the embedder has it'],
  ['definition', 'defines a name that the question mentions'],
  ['path', 'has words of the question in its path'],
  ['agreement', 'is the best of a file that speaks of the question throughout'],
  ['repeat', 'comes after better passages of its file'],
  ['file', 'stands in a file that the question names'],
  ['frame', 'holds a line that a stack trace in the question names'],
  ['overview', 'introduces the project, which the question is about'],
  ['history', 'stands in a file whose commits speak of the question'],
  ['caller', 'makes a call that is asked for'],
  ['callee', 'is what is called'],
  ['changed', 'holds lines whose last change is asked for'],
  ['scope', 'is what the question was asked about'],
  ['ranker words', 'holds more of the question, and closer together, than the other passages'],
  ['ranker meaning', 'is nearer in meaning than the other passages'],
  ['ranker file', 'is of a file that answers better than the other files'],
  ['ranker neighbours', 'stands in a folder, or is imported by files, that were found too'],
  ['ranker path', 'is of a file that is named by words of the question'],
  ['ranker symbol', 'is named by words of the question'],
  ['ranker history', 'was changed by commits that speak of the question'],
  ['ranker role', 'plays the part in the project that such questions are about'],
  ['ranker kind', 'is of the kind, size and place that answers such questions'],
  ['ranker repeat', 'comes after better passages of its file'],
  ['reranker', 'was judged by the reranker, which reads question and passage together'],
  ['docs', 'is documentation, and no source'],
  ['test', 'is a test, and no source'],
  ['example', 'is an example, and no source'],
  ['changelog', 'is of a changelog, and no source'],
]);

/** Without a subject, which is the passage; empty for a part that is not known. */
export function scorePartMeaning(part: string): string {
  return PARTS.get(part) ?? '';
}
