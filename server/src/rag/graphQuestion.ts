/**
 * Questions about the graph of the code: “who calls X”, “what does X use”, in English and Chinese. Pure.
 *
 * A pattern must fit the whole question, so that a sentence which merely speaks of calls stays an ordinary question;
 * whether X is a name that is known here is for the asker to find out.
 */
import { type AskedName, bareQuestion, nameIn } from './askedName.js';

export interface GraphQuestion extends AskedName {
  /** What is asked for: who refers to the name, or what the name's code refers to. */
  direction: 'callers' | 'callees';
  /** Calls alone, or types as well. */
  callsOnly: boolean;
}

const VERB = '(?<verb>calls?|invokes?|instantiates?|constructs?|uses?|references?|depends? on|refers? to)';
const DONE = '(?:being )?(?<verb>called|invoked|instantiated|constructed|used|referenced|referred to)';
const X = '(?<x>.{1,120}?)';
const WHAT = '(?:which|what)(?: (?!does |do |is |are )[\\w-]+){0,2}';

const CALLERS = [
  `(?:who(?: else)?|${WHAT}|what else|(?:list|find|show)(?: me)?(?: all)?(?: the)? [\\w-]+ (?:that|which)) (?:directly |all )?${VERB} ${X}`,
  `(?:(?:list|find|show|get|what|who|where)\\b[\\w ]{0,20}? )?(?:all )?(?:the )?(?:callers?|(?<verb>usages?|uses|references)|calls|call ?sites?) (?:of|to|for) ${X}`,
  `where(?:'s| is| are| does| do| has| was)? ${X} (?:get )?${DONE}(?: from)?`,
  `where (?:do|does|is it that|can) (?:we|you|i|it|they|the code|anything|anyone) ${VERB} ${X}`,
  `(?:by )?(?:who|whom|what|${WHAT}) (?:is|are) ${X} ${DONE}(?: by| from)?`,
  `${X} is ${DONE} by (?:who|whom|what)`,
  `(?:谁|哪里|哪儿|何处|哪些(?:函数|方法|地方|代码|文件|类|模块)?|什么(?:函数|方法|地方|代码)?)(?:在|会|都)?(?<verb>调用|使用|引用|用到|依赖|用)(?:了|过|到)?${X}`,
  `${X}(?:函数|方法|类)?(?:都)?(?:在)?(?:哪里|哪儿|哪些(?:地方|文件|函数)?|什么地方|何处)(?:被)?(?<verb>调用|使用|引用|用到)(?:了|过|的)?`,
  `${X}(?:函数|方法|类)?被(?:谁|哪些(?:函数|方法|地方|代码|文件|类)?|什么(?:函数|方法)?)(?<verb>调用|使用|引用|用到)(?:了|过)?`,
  `${X}(?:函数|方法|类)?的(?:调用者|调用方|调用处|(?<verb>使用处|引用处|引用))(?:有哪些|是谁|是什么|在哪里)?`,
];
const CALLEES = [
  `(?:${WHAT}|who) (?:does|do|did|will) ${X} (?:directly )?${VERB}`,
  `(?:${WHAT} (?:is|are|gets?)|(?:all |the )*(?:functions?|methods?|what|everything)) ${DONE} (?:by|from|in|inside|within) ${X}`,
  `(?:(?:list|find|show|get|what)\\b[\\w ]{0,20}? )?(?:all )?(?:the )?(?:callees|(?<verb>dependencies)) of ${X}`,
  `what ${X} (?<verb>calls|invokes|uses|depends on)`,
  `${X}(?:函数|方法|类)?(?:都|会|还|里|中|里面)*(?<verb>调用|使用|引用|依赖|用)(?:了|到|过)?(?:什么|哪些|谁|哪几个)(?:函数|方法|东西|类|代码|模块)?`,
];

const PATTERNS = [
  ...CALLEES.slice(0, 3).map((pattern) => ({ pattern, direction: 'callees' as const })),
  ...CALLERS.map((pattern) => ({ pattern, direction: 'callers' as const })),
  ...CALLEES.slice(3).map((pattern) => ({ pattern, direction: 'callees' as const })),
].map(({ pattern, direction }) => ({ direction, regex: new RegExp(`^(?:${pattern})$`, 'iu') }));

const CALL_VERB = /^(call|invoke|instantiat|construct|调用)/i;

export function graphQuestion(text: string): GraphQuestion | null {
  const asked = bareQuestion(text);
  for (const { direction, regex } of PATTERNS) {
    const found = regex.exec(asked)?.groups;
    const named = found && nameIn(found['x']!);
    if (named) return { direction, callsOnly: !found['verb'] || CALL_VERB.test(found['verb']), ...named };
  }
  return null;
}
