/**
 * Which language model is asked, by the settings and the keys at hand.
 *
 * A key is used for the origin it was entered for and for no other; an address that cannot be used means no model and a
 * sentence in the log. In a workspace that is not trusted there is no model at all.
 */
import { messageOf } from '../base/errors.js';
import type { InfillModel, LanguageModel, Log } from '../base/ports.js';
import { openInfill, openModel } from '../compose.js';
import type { Config } from '../engine/config.js';

export interface ModelChoice {
  current(): LanguageModel | null;
  /** What fills gaps while somebody types. */
  completer(): InfillModel | null;
  /** Takes the settings as they are now. */
  choose(config: Config): Promise<void>;
  setKey(origin: string, key: string): void;
  /** The key that was entered for the origin of an address; the same keys serve embedders and rerankers. */
  keyFor(baseUrl: string): string | undefined;
}

export function createModelChoice(trusted: boolean, log: Log): ModelChoice {
  const keys = new Map<string, string>();
  let model: LanguageModel | null = null;
  let completer: InfillModel | null = null;
  let chosen = '';
  return {
    current: () => model,
    completer: () => completer,
    async choose(config) {
      if (!trusted) return;
      try {
        model = await openModel(config, keyFor(config.settings['model.baseUrl']), log);
      } catch (error) {
        model = null;
        log('error', messageOf(error));
      }
      await chooseCompleter(config);
    },
    setKey(origin, key) {
      if (key === '') keys.delete(origin);
      else keys.set(origin, key);
    },
    keyFor,
  };

  /** Kept while its settings stay, since it knows by now how its server wants to be asked. */
  async function chooseCompleter(config: Config): Promise<void> {
    const key = keyFor(config.settings['completion.baseUrl']);
    const wanted = JSON.stringify([
      key,
      ['baseUrl', 'name', 'format', 'enabled'].map(
        (name) => config.settings[`completion.${name}` as keyof Config['settings']],
      ),
    ]);
    if (wanted === chosen) return;
    chosen = wanted;
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
}
