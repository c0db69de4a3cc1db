/**
 * Which language model is asked, by the settings, the keys at hand and what the editor lends.
 *
 * A key is used for the origin it was entered for and for no other; an address that cannot be used means no model and a
 * sentence in the log. In a workspace that is not trusted there is no model at all.
 */
import type { Connection } from 'vscode-languageserver/node';
import { messageOf } from '../base/errors.js';
import type { InfillModel, LanguageModel, Log } from '../base/ports.js';
import { openInfill, openModel } from '../compose.js';
import type { Config } from '../engine/config.js';
import type { EditorModel } from '../protocol/messages.js';
import { chosenEditorModel, editorModel } from './editorModel.js';

export interface ModelChoice {
  current(): LanguageModel | null;
  /** What fills gaps while somebody types. */
  completer(): InfillModel | null;
  /** Takes the settings as they are now, and looks at the model's server. */
  choose(config: Config): Promise<void>;
  /** Looks at the model's server, for its health and its context; not again within ten seconds. */
  look(): Promise<void>;
  setKey(origin: string, key: string): void;
  /** The models that the editor lends; null before it said. */
  setEditorModels(models: readonly EditorModel[]): void;
  /** The key that was entered for the origin of an address; the same keys serve embedders and rerankers. */
  keyFor(baseUrl: string): string | undefined;
}

export interface ModelChoiceOptions {
  connection: Connection;
  trusted: boolean;
  log: Log;
  /** The model's health may have changed. */
  changed(): void;
}

const LOOK_EVERY_MS = 10_000;

export function createModelChoice({ connection, trusted, log, changed }: ModelChoiceOptions): ModelChoice {
  const keys = new Map<string, string>();
  let editorModels: readonly EditorModel[] | null = null;
  let model: (LanguageModel & { look?(): Promise<void> }) | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let completer: InfillModel | null = null;
  let chosenCompleter = '';

  async function opened(config: Config): Promise<typeof model> {
    const { settings } = config;
    if (settings['model.kind'] === 'server') return openModel(config, keyFor(settings['model.baseUrl']), log);
    const name = settings['model.name'].trim();
    const chosen = chosenEditorModel(editorModels ?? [], name);
    if (chosen) return editorModel(connection, chosen, settings['model.timeoutSeconds'] * 1000);
    if (editorModels) log('warn', `The editor lends no language model${name && ` “${name}”`}: answers are extracts`);
    return null;
  }

  async function look(): Promise<void> {
    const looked = model;
    if (!looked?.look || performance.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = performance.now();
    await looked.look();
    if (looked === model) changed();
  }

  /** Kept while its settings stay, since it knows by now how its server wants to be asked. */
  async function chooseCompleter(config: Config): Promise<void> {
    const key = keyFor(config.settings['completion.baseUrl']);
    const wanted = JSON.stringify([
      key,
      ['baseUrl', 'name', 'format', 'enabled'].map(
        (name) => config.settings[`completion.${name}` as keyof Config['settings']],
      ),
    ]);
    if (wanted === chosenCompleter) return;
    chosenCompleter = wanted;
    try {
      completer = await openInfill(config, key, log);
    } catch (error) {
      completer = null;
      log('error', messageOf(error));
    }
  }

  function keyFor(baseUrl: string): string | undefined {
    try {
      return keys.get(new URL(baseUrl).origin);
    } catch {
      return undefined;
    }
  }

  return {
    current: () => model,
    completer: () => completer,
    async choose(config) {
      if (!trusted) return;
      try {
        model = await opened(config);
      } catch (error) {
        model = null;
        log('error', messageOf(error));
      }
      lookedAt = Number.NEGATIVE_INFINITY;
      // Nobody waits for a server that may not be there.
      void look();
      await chooseCompleter(config);
    },
    look,
    setKey(origin, key) {
      if (key === '') keys.delete(origin);
      else keys.set(origin, key);
    },
    setEditorModels(models) {
      editorModels = models;
    },
    keyFor,
  };
}
