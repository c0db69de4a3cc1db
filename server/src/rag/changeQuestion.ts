/**
 * Questions about the history of some code: “when was X changed”, “why was X added”, “history of src/cart.ts:10-20”, in
 * English and Chinese. Pure.
 *
 * As with calls, a pattern must fit the whole question; whether X is known here is for the asker to find out.
 */
import type { LineRange } from '../base/answer.js';
import { type AskedName, bareQuestion, nameIn } from './askedName.js';

export interface ChangeQuestion {
  /** What it may be the name of; null where only a file can be meant. */
  named: AskedName | null;
  /** What it may be the path of, or the end of one; null where only a name can be meant. */
  file: AskedFile | null;
  /** Names of people are asked for. */
  asksWho: boolean;
}

export interface AskedFile {
  path: string;
  /** Null: the whole file. */
  range: LineRange | null;
}

const LAST = '(?:(?:last|most recently|recently|first|originally|initially|ever) )?';
const AFTER = '(?: (?:last|most recently|recently|lately|first|originally|to this|like this|this way))?';
const CHANGE =
  '(?:change|modify|edit|update|touch|alter|rewrite|refactor|rework|fix|add|introduce|create|write|commit|move|rename)';
const CHANGED =
  '(?:changed|modified|edited|updated|touched|altered|rewrote|rewritten|refactored|reworked|fixed|added|introduced|created|wrote|written|committed|moved|renamed)';
const X = '(?<x>.{1,120}?)';
const WHEN = '(?:when|why|how|(?<who>by who|by whom)|(?:in|by|since) (?:which|what) (?:commit|change|revision))';
const WHO = '(?:(?<who>who|(?:which|what) (?:person|developer|author))|(?:which|what) (?:commit|change|revision)s?)';
const RECORD = '(?:(?:git|change|commit|edit|revision|version|full|recent) ){0,2}(?:history|blame)';
const SHOW =
  "(?:(?:show|give|tell|list|find|get|print|what(?: is|'s| was)?|when(?: is|'s| was)?|which(?: is| was)?)\\b(?: me)? )?";

const 改 = '(?:修改|更改|改动|变更|改变|更新|重写|重构|引入|添加|加入|新增|创建|编写|提交|改|写|加)';
const 最近 = '(?:最后一次|最近一次|最后|最近|上次|首次|最初)?';
const 何时 = '(?:什么时候|何时|啥时候|哪天|为什么要?|为何|为啥)';
const 哪次 = '(?:哪个|哪一个|哪次|哪一次|哪些)(?:提交|commit|改动|修改)';

const PATTERNS = [
  `${WHEN} did (?:we|you|they|i|someone|somebody|anyone|anybody|the team) ${LAST}${CHANGE} ${X}${AFTER}`,
  `${WHEN} (?:was|were|has|have|had) ${X} ${LAST}(?:been |being )?${LAST}${CHANGED}${AFTER}`,
  `${WHEN} (?:did|does) ${X} ${LAST}(?:get )?(?:${CHANGE}|${CHANGED})${AFTER}`,
  `${WHO}(?: has| have)? ${LAST}${CHANGED} ${X}${AFTER}`,
  `(?<who>who) (?:was|is) the (?:last|first|latest) (?:one |person |developer )?to ${CHANGE} ${X}`,
  `(?:(?<who>who) (?:is|was|are|were) )(?:the )?(?:last |original |main )?authors? of ${X}`,
  `${SHOW}(?:the )?${RECORD} (?:of|for|on|behind) ${X}`,
  `(?:git )?blame (?:for |of |on )?${X}`,
  `${SHOW}(?:the )?(?:last|latest|most recent|newest|recent) (?:commit|change|edit|modification|update)s? (?:made )?(?:to|of|in|on|for) ${X}`,
  `what (?:has |was )?(?:recently )?changed in ${X}(?: recently| lately| last)?`,
  `how (?:has|have) ${X} changed(?: over time| recently| lately)?`,
  `${X}(?:函数|方法|类)?(?:是|在)?${最近}${何时}${最近}(?:被)?${改}(?:的|过|了)*`,
  `${何时}${最近}(?:被)?${改}(?:了|过)?${X}`,
  `(?<who>谁)(?:是)?${最近}(?:一个)?${改}(?:了|过)?${X}(?:的)?`,
  `${X}(?:函数|方法|类)?${最近}(?:是)?(?:被)?(?<who>谁)${最近}${改}(?:的|了|过)?`,
  `${哪次}${最近}${改}(?:了|过)?${X}`,
  `${X}(?:函数|方法|类)?(?:是|在|由|被)*${哪次}(?:里|中)?${最近}(?:被)?${改}(?:的|了|过)?`,
  `(?:查看|显示|列出)?${X}(?:函数|方法|类)?的?(?:修改|变更|更改|改动|提交|版本|git)?(?:历史记录|历史|记录)(?:是什么|有哪些|是怎样的)?`,
  `${X}(?:函数|方法|类)?的?(?:最后一次|最近一次|最近的|最新的|上次)(?:修改|变更|更改|改动|提交|更新)(?:是什么时候|是何时|在什么时候|是什么|是哪次|是谁)?`,
].map((pattern) => new RegExp(`^(?:${pattern})$`, 'iu'));

const PATH = String.raw`(?<path>[\p{L}\p{N}_@$()[\]./\\+-]*?[\p{L}\p{N}_\])])`;
const LINES = String.raw`(?<first>\d{1,7})(?: ?(?:-|–|to|through|and|到|至) ?L?(?<last>\d{1,7}))?`;
const FILES = [
  `${PATH}(?::|#L)${LINES}`,
  `lines? ${LINES} (?:of|in) (?:the )?(?:file )?${PATH}`,
  `(?:the )?(?:file )?${PATH},? lines? ${LINES}`,
  `(?:文件)?${PATH}(?:文件)?的?第?${LINES}行`,
  // A whole file needs the look of one: `Cart.total` is a name as well, and is tried as such first.
  String.raw`(?:(?:the )?(?:file )?|文件)(?=\S*\.[\p{L}\p{N}]{1,10}(?:$| file|文件))${PATH}(?: file|文件)?`,
].map((pattern) => new RegExp(`^(?:${pattern})$`, 'iu'));

export function changeQuestion(text: string): ChangeQuestion | null {
  const asked = bareQuestion(text);
  for (const regex of PATTERNS) {
    const found = regex.exec(asked)?.groups;
    if (!found) continue;
    const file = fileIn(found['x']!);
    const named = file?.range ? null : nameIn(found['x']!);
    if (file || named) return { named, file, asksWho: found['who'] !== undefined };
  }
  return null;
}

function fileIn(phrase: string): AskedFile | null {
  const bare = phrase.replace(/[`'"“”]/g, '').trim();
  for (const regex of FILES) {
    const { path, first, last = first } = regex.exec(bare)?.groups ?? {};
    if (!path) continue;
    const range = first === undefined ? null : { startLine: Number(first), endLine: Number(last) };
    return { path: path.replaceAll('\\', '/').replace(/^\.?\//, ''), range };
  }
  return null;
}
