/**
 * Raw settings to a frozen configuration: validated, clamped, defaults applied, complaints collected.
 *
 * Nothing below this module sees a raw setting. A value that cannot be used is replaced by its default and named.
 */
import { t } from '../base/l10n.js';
import { SETTING_RULES, type SettingRule, type Settings } from '../protocol/settings.generated.js';

export interface Config {
  settings: Readonly<Settings>;
  /** One sentence for each value that was not usable. */
  complaints: readonly string[];
}

/** `raw` is what the client answers for the section `scholia`: nested by dots, or flat, or nothing. */
export function resolveConfig(raw: unknown): Config {
  const complaints: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(SETTING_RULES)) {
    const value = lookUp(raw, name);
    const usable = value === undefined || value === null ? rule.default : usableValue(value, rule);
    if (usable === undefined)
      complaints.push(
        t(
          'The setting scholia.{0} cannot be {1}; {2} is used',
          name,
          JSON.stringify(value),
          JSON.stringify(rule.default),
        ),
      );
    settings[name] = usable ?? rule.default;
  }
  return Object.freeze({ settings: Object.freeze(settings) as unknown as Settings, complaints });
}

function lookUp(raw: unknown, name: string): unknown {
  if (typeof raw !== 'object' || raw === null) return undefined;
  if (name in raw) return (raw as Record<string, unknown>)[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      raw,
    );
}

/** Undefined when the value cannot be used; numbers out of bounds are moved to the nearest bound. */
function usableValue(value: unknown, rule: SettingRule): unknown {
  switch (rule.type) {
    case 'string':
      return typeof value === 'string' && (!rule.enum || rule.enum.includes(value)) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'array':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    default: {
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      const bounded = Math.min(rule.maximum ?? value, Math.max(rule.minimum ?? value, value));
      return rule.type === 'integer' ? Math.round(bounded) : bounded;
    }
  }
}
