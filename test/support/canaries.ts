/**
 * Made-up secrets of every published shape. They are put together here, so that the repository holds no string that a
 * secret scanner would report.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The same characters for the same seed, from an alphabet; a digit among the first ones if it has any. */
export function madeUp(length: number, seed = 1, alphabet = ALPHABET): string {
  let state = (seed * 2654435761) >>> 0;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += text.length === 4 && alphabet.includes('7') ? '7' : alphabet[(state >>> 8) % alphabet.length];
  }
  return text;
}

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Name to secret; each is masked wherever it stands. */
export const SHAPED: Record<string, string> = {
  'AWS access key id': `AK${'IA'}${madeUp(16, 2, UPPER)}`,
  'AWS temporary id': `AS${'IA'}${madeUp(16, 3, UPPER)}`,
  'GitHub personal': `gh${'p_'}${madeUp(36, 4)}`,
  'GitHub OAuth': `gh${'o_'}${madeUp(36, 5)}`,
  'GitHub app': `gh${'s_'}${madeUp(36, 6)}`,
  'GitHub fine-grained': `github${'_pat_'}${madeUp(22, 7)}_${madeUp(59, 8)}`,
  GitLab: `gl${'pat-'}${madeUp(20, 9)}`,
  'GitLab routable': `gl${'pat-'}${madeUp(27, 10)}.01.${madeUp(9, 11, HEX)}`,
  'Slack bot': `xo${'xb-'}${madeUp(12, 12, '0123456789')}-${madeUp(24, 13)}`,
  Stripe: `sk_${'live_'}${madeUp(24, 14)}`,
  'Stripe restricted': `rk_${'live_'}${madeUp(24, 15)}`,
  'Google API key': `AI${'za'}${madeUp(35, 16)}`,
  'Google OAuth secret': `GOC${'SPX-'}${madeUp(28, 17)}`,
  'OpenAI, first form': `s${'k-'}${madeUp(48, 18)}`,
  'OpenAI project': `s${'k-proj-'}${madeUp(20, 19)}_${madeUp(40, 20)}-${madeUp(30, 21)}`,
  Anthropic: `s${'k-ant-api03-'}${madeUp(50, 22)}-${madeUp(40, 23)}AA`,
  npm: `np${'m_'}${madeUp(36, 24)}`,
  PyPI: `py${'pi-'}AgEIcHlwaS5vcmc${madeUp(90, 25)}`,
  SendGrid: `S${'G.'}${madeUp(22, 26)}.${madeUp(43, 27)}`,
  Twilio: `S${'K'}${madeUp(32, 28, HEX)}`,
  'Hugging Face': `h${'f_'}${madeUp(34, 29, 'ABCDEFghijklmnopqrstuvwxyz')}`,
  DigitalOcean: `do${'p_v1_'}${madeUp(64, 30, HEX)}`,
  'Azure client secret': `${madeUp(3, 31)}8${'Q~'}${madeUp(34, 32)}`,
  Telegram: `${madeUp(9, 33, '0123456789')}:${'AA'}${madeUp(33, 34)}`,
  JWT: `ey${'J'}${madeUp(33, 35)}.ey${'J'}${madeUp(70, 36)}-_.${madeUp(43, 37)}`,
};

/** What only a name beside it calls secret. */
export const UNSHAPED = {
  awsSecretKey: `${madeUp(20, 40)}/${madeUp(19, 41)}`,
  password: `${madeUp(6, 42)}!${madeUp(6, 43)}#${madeUp(6, 44)}`,
  token: madeUp(32, 45),
  hex: madeUp(40, 46, HEX),
  urlPassword: `${madeUp(5, 47)}%40${madeUp(5, 48)}`,
  base64: `${madeUp(86, 49)}==`,
};

/** The lines between the dashes. */
export function keyLines(seed: number): string[] {
  return [madeUp(64, seed), madeUp(64, seed + 1), madeUp(64, seed + 2), `${madeUp(22, seed + 3)}==`];
}

export function pem(lines: readonly string[], kind = 'RSA PRIVATE KEY', between = '\n'): string {
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join(between);
}
