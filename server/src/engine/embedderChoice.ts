/**
 * Which embedder counts: what the person chose, or what the team's `scholia.json` suggests to somebody who chose none.
 *
 * Anyone who sends a patch can write the file, so a suggestion is a kind and a name. It can use a model that the person
 * installed already; a server is the person's own, and gets nothing before the person has approved this very file.
 */
import { phrase, t } from '../base/l10n.js';
import type { Settings } from '../protocol/settings.generated.js';

export interface EmbedderSuggestion {
  kind: 'folder' | 'server';
  /** Null: the file names none, and the suggestion does not count. */
  name: string | null;
}

export interface EmbedderDecision {
  kind: Settings['embedder.kind'];
  /** Of a folder its path or a downloaded model's name, of a server the model's name; else empty. */
  name: string;
  /** What became of the suggestion, for the status; null when there is nothing to say. */
  note: string | null;
  /** The suggestion waits for approval: the origin that code would be sent to. */
  awaiting: string | null;
}

export interface EmbedderChoices {
  settings: Pick<Settings, 'embedder.kind' | 'embedder.folder' | 'embedder.name' | 'embedder.baseUrl'>;
  suggestion: EmbedderSuggestion | null;
  /** The person approved the file that the suggestion is from, as it is now. */
  approved: boolean;
  /** Names of downloaded models. */
  installed: readonly string[];
  /** False: nothing of the folder goes to a server. */
  trusted: boolean;
}

const UNTRUSTED = phrase('No embedder on a server is used until you trust this folder: the bundled one embeds it');

export function chooseEmbedder(choices: EmbedderChoices): EmbedderDecision {
  const { settings, suggestion, approved, installed, trusted } = choices;
  const own = ownChoice(settings);
  if (!trusted) return own.kind === 'server' ? { kind: 'bundled', name: '', note: t(UNTRUSTED), awaiting: null } : own;
  // Whoever chose something else than the default meant it.
  if (!suggestion || own.kind !== 'bundled') return own;
  const { kind, name } = suggestion;
  const instead = (what: string) => ({ ...own, note: t('scholia.json suggests {0}', what) });
  if (name === null) return instead(t('an embedder without its name (embedder.name), which does not count'));
  if (kind === 'folder') {
    if (installed.includes(name)) return { kind, name, note: null, awaiting: null };
    return instead(t('the embedder {0}, which is not installed: get it with scholia model download {1}', name, name));
  }
  const origin = URL.parse(settings['embedder.baseUrl'].trim())?.origin;
  if (!origin) return instead(t('the embedder {0} on a server: set scholia.embedder.baseUrl to use yours', name));
  if (approved) return { kind, name, note: null, awaiting: null };
  const advice = t('approve it with the command “Scholia: Approve the Team’s Embedder”, or set scholia.embedder.kind');
  return {
    ...instead(t('the embedder {0} on a server; your code would be sent to {1}: {2}', name, origin, advice)),
    awaiting: origin,
  };
}

function ownChoice(settings: EmbedderChoices['settings']): EmbedderDecision {
  const kind = settings['embedder.kind'];
  const name = kind === 'folder' ? settings['embedder.folder'] : kind === 'server' ? settings['embedder.name'] : '';
  return { kind, name: name.trim(), note: null, awaiting: null };
}
