/**
 * Between the protocol's words and the engine's: places, paths, errors. Nothing above this module knows zero-based
 * lines or URIs; nothing below it is needed by the engine.
 */
import { join, posix, win32 } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ErrorCodes, LSPErrorCodes, type Position, ResponseError } from 'vscode-languageserver/node';
import { messageOf } from '../base/errors.js';

/** A workspace folder as the client named it. */
export interface Folder {
  uri: string;
  /** Where it is on this machine's disk; links in it are not resolved. */
  path: string;
}

/** Null for what is not on a disk. */
export function folderOf(uri: string): Folder | null {
  const path = diskPath(uri);
  return path === null ? null : { uri, path };
}

/** A file's path relative to the folder, with `/`; null when it lies elsewhere. */
export function pathIn(folder: Folder, uri: string, windows = process.platform === 'win32'): string | null {
  const path = diskPath(uri, windows);
  if (path === null) return null;
  const { relative, isAbsolute, sep } = windows ? win32 : posix;
  const within = relative(folder.path, path).split(sep);
  return within[0] === '' || within[0] === '..' || isAbsolute(within.join(sep)) ? null : within.join('/');
}

export function uriOf(folder: Folder, path: string): string {
  return pathToFileURL(join(folder.path, path)).href;
}

export function placeOf({ line, character }: Position): { line: number; column: number } {
  return { line: line + 1, column: character + 1 };
}

/** Cancelled requests answer with the code that says so; everything else with its sentence. */
export function responseError(error: unknown, cancelled: boolean): ResponseError<void> {
  if (error instanceof ResponseError) return error;
  if (cancelled) return new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled');
  return new ResponseError(ErrorCodes.InternalError, messageOf(error));
}

function diskPath(uri: string, windows = process.platform === 'win32'): string | null {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri, { windows }) : null;
  } catch {
    return null;
  }
}
