/**
 * The colours in which the editor's theme writes code. A page is told the colours of the editor's surface, but not
 * those of code; they are read from the theme's own file. What cannot be found is left out, and the page has its own.
 */
import { ColorThemeKind, type Extension, extensions, Uri, window, workspace } from 'vscode';
import type { TokenClass } from '../../../server/src/base/tokenClasses.js';
import { parseTheme, type ThemeFile, tokenColours } from './tokenColours.js';

export async function themeColours(): Promise<Partial<Record<TokenClass, string>>> {
  const uri = themeUri(themeName());
  return uri ? tokenColours(await rulesOf(uri)) : {};
}

/** The setting's, or that of the system's light or dark where the editor follows it. */
function themeName(): string {
  const config = workspace.getConfiguration();
  const kind = window.activeColorTheme.kind;
  const preferred = {
    [ColorThemeKind.Light]: 'workbench.preferredLightColorTheme',
    [ColorThemeKind.Dark]: 'workbench.preferredDarkColorTheme',
    [ColorThemeKind.HighContrast]: 'workbench.preferredHighContrastColorTheme',
    [ColorThemeKind.HighContrastLight]: 'workbench.preferredHighContrastLightColorTheme',
  }[kind];
  const follows = config.get('window.autoDetectColorScheme', false);
  return config.get<string>(follows ? preferred : 'workbench.colorTheme') ?? '';
}

function themeUri(name: string): Uri | undefined {
  for (const extension of extensions.all as readonly Extension<unknown>[]) {
    const themes: unknown = extension.packageJSON?.contributes?.themes;
    if (!Array.isArray(themes)) continue;
    const found = themes.find((theme) => theme?.id === name || theme?.label === name);
    if (typeof found?.path === 'string') return Uri.joinPath(extension.extensionUri, found.path);
  }
  return undefined;
}

const maxIncludes = 8;

/** The rules of a theme after those of the file that it builds on, so that later ones hold. */
async function rulesOf(uri: Uri, depth = 0): Promise<ThemeFile['tokenColors']> {
  const file = await workspace.fs.readFile(uri).then(
    (bytes) => parseTheme(new TextDecoder().decode(bytes)),
    () => null,
  );
  if (!file) return [];
  const below =
    file.include && depth < maxIncludes ? await rulesOf(Uri.joinPath(uri, '..', file.include), depth + 1) : [];
  return [...below, ...file.tokenColors];
}
