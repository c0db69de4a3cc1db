/**
 * The languages that Scholia speaks besides English, and which one a client, or a question, speaks. The sentences are
 * bundled, so that any client of the server has them; the chat's page is given them and does not import this.
 */
import chinese from '../../../l10n/bundle.l10n.zh-cn.json' with { type: 'json' };
import { type Sentences, speak, type Tell, t, tellIn } from './l10n.js';

/** `locale`: as LSP and VS Code name it, `zh-cn` or `zh_CN.UTF-8`. Traditional Chinese is not there yet, and English. */
function sentencesOf(locale: string | undefined): Sentences {
  return /^zh(?!-tw|-hk|-hant)/i.test(locale?.replace('_', '-') ?? '') ? chinese : {};
}

let spoken = '';

/** Of this thread or process from now on. */
export function speakLanguageOf(locale: string | undefined): void {
  spoken = locale ?? '';
  speak(sentencesOf(locale));
}

/** The locale for a thread or process that this one starts, so that its errors are told in the same language. */
export function spokenLocale(): string {
  return spoken;
}

/** An answer speaks as its question does: Chinese to a Chinese one, else as this process does. */
export function tellAs(question: string): Tell {
  return isChinese(question) ? tellIn(chinese) : t;
}

/** Names of code stand in any question; what stands around them tells. Kana and Hangul are other languages'. */
function isChinese(text: string): boolean {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)) return false;
  const words = text.match(/[\p{Script=Latin}\p{N}_$.]+/gu)?.length ?? 0;
  return (text.match(/\p{Script=Han}/gu)?.length ?? 0) > words;
}
