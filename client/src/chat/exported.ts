/** A whole chat as a Markdown document. Pure. */
import { t } from '../../../server/src/base/l10n.js';
import { copiedAnswer } from './copied.js';
import type { Turn } from './messages.js';

export function exportedChat(turns: readonly Turn[]): string {
  const title = turns[0]?.question.split('\n', 1)[0] ?? t('An empty chat');
  const parts = turns.map((turn) => [copiedAnswer(turn).trim(), ending(turn)].filter(Boolean).join('\n\n'));
  return `# ${title}\n\n${parts.join('\n\n---\n\n')}\n`;
}

function ending({ state, error, reason, refused, restarted }: Turn): string {
  const said = [
    state === 'stopped' && t('Stopped; what is above is not verified.'),
    state === 'unanswered' && t('Not answered.'),
    state === 'failed' && t('Not answered: {0}', error),
    state === 'done' && !refused && reason,
    restarted && t('The server stopped while this was being answered and was asked again.'),
  ];
  return said
    .filter((sentence) => typeof sentence === 'string' && sentence !== '')
    .map((sentence) => `*${sentence}*`)
    .join('\n\n');
}
