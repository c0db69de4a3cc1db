/**
 * The editor's `files.exclude` in `.gitignore` form: what people hid from their file tree they do not want found.
 *
 * The editor's patterns are written for the whole path, so that `*.js` means those at the top; braces are spelled out.
 * Entries that are not `true` (off, or only where a sibling exists) and nested braces have no counterpart and do not
 * count.
 */

const MAX_SPELLED_OUT = 100;

/** `excludes` is the setting as it stands; whatever else it may be hides nothing. */
export function editorPatterns(excludes: unknown): string[] {
  if (typeof excludes !== 'object' || excludes === null) return [];
  return Object.entries(excludes).flatMap(([glob, hides]) => (hides === true ? patternsOf(glob) : []));
}

function patternsOf(glob: string): string[] {
  if (glob.trim() === '' || /[\r\n]/.test(glob)) return [];
  const spelled = spellOut(glob);
  return spelled.map((path) => (/^(\/|\*\*\/)/.test(path) ? path : `/${path}`));
}

/** Each choice of the braces by itself. */
function spellOut(glob: string): string[] {
  const [, before = '', choices = '', after = ''] = /^([^{]*)\{([^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (!/[{}]/.test(glob)) return [glob];
  const parts = choices.split(',');
  if (parts.length < 2) return [];
  const spelled = parts.flatMap((part) => spellOut(before + part + after));
  return spelled.length <= MAX_SPELLED_OUT ? spelled : [];
}
