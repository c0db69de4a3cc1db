/**
 * Which paths can name a file of a folder, by their letters alone, on each platform. Pure: the disk has its say after.
 *
 * A path of the workspace is relative, with `/`. What passes here is one plain name after the other, so that joined to
 * the root it cannot leave it; `isSamePlace` then holds the disk's own word for the file (links and junctions resolved)
 * against it, letter for letter: no fold of case can make a forbidden name look like another one.
 */

export type Platform = NodeJS.Platform;

/** Windows opens a device wherever it meets one of these names, whatever its ending. */
const DEVICE = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)/i;
/** Separators, drives and streams, wildcards, short forms of `..` and names that lose their last letters when opened. */
const NOT_ON_WINDOWS = /[\\:*?"<>|]|[. ]$/;

export function isBelow(path: string, platform: Platform = process.platform): boolean {
  return path.split('/').every((name) => isPlainName(name, platform));
}

function isPlainName(name: string, platform: Platform): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('\0')) return false;
  return platform !== 'win32' || !(NOT_ON_WINDOWS.test(name) || DEVICE.test(name));
}

/** Whether the disk's own name of a file is the one that was asked for: nothing on the way led elsewhere. */
export function isSamePlace(real: string, asked: string, platform: Platform = process.platform): boolean {
  return spelled(real, platform) === spelled(asked, platform);
}

/** Windows has two separators; macOS keeps a name's accents in another form than editors do. */
function spelled(path: string, platform: Platform): string {
  if (platform === 'win32') return path.replaceAll('\\', '/');
  return platform === 'darwin' ? path.normalize('NFC') : path;
}
