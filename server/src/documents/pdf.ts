/**
 * PDF to text, page by page, with the outline's entries as headings.
 *
 * pdf.js runs in this thread, draws nothing, runs no script of the document and fetches nothing: the character maps of
 * Chinese, Japanese and Korean fonts lie in the build's folder.
 */

import { join } from 'node:path';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import type { Anchor, Converted, Heading } from '../base/document.js';
import { messageOf } from '../base/errors.js';
import { kept } from '../base/l10n.js';
import { checkStreams } from './streams.js';
import { Unreadable } from './unreadable.js';

/** A long book twice over. */
const MAX_PAGES = 5000;
const MAX_HEADINGS = 5000;
const MAX_OUTLINE_DEPTH = 6;
/** Lines that are further apart than this many times their height belong to different paragraphs. */
const PARAGRAPH_GAP = 1.6;

type Library = typeof import('pdfjs-dist');

let library: Promise<Library> | null = null;

export async function convertPdf(bytes: Uint8Array, assets: string): Promise<Converted> {
  checkStreams(bytes);
  library ??= loadLibrary();
  const { getDocument } = await library;
  const task = getDocument({
    // The library takes the bytes over.
    data: new Uint8Array(bytes),
    cMapUrl: `${join(assets, 'cmaps')}/`,
    cMapPacked: true,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    enableXfa: false,
    verbosity: 0,
  });
  try {
    return await textOf(await task.promise.catch((error) => Promise.reject(explained(error))));
  } finally {
    await task.destroy();
  }
}

/** Without a canvas, which nothing here needs, the library would complain on the console that it cannot draw. */
async function loadLibrary(): Promise<Library> {
  const { warn } = console;
  console.warn = () => {};
  try {
    const scope = globalThis as { pdfjsWorker?: unknown };
    // Found there, it runs in this thread instead of one of its own.
    scope.pdfjsWorker = await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
    return await import('pdfjs-dist/legacy/build/pdf.mjs');
  } finally {
    console.warn = warn;
  }
}

function explained(error: unknown): Unreadable {
  if ((error as Error).name === 'PasswordException') return new Unreadable(kept('it is encrypted'));
  return new Unreadable(kept('it is broken or not a PDF: {0}', messageOf(error)));
}

async function textOf(pdf: PDFDocumentProxy): Promise<Converted> {
  if (pdf.numPages > MAX_PAGES) throw new Unreadable(kept('it has more than {0} pages', MAX_PAGES));
  const lines: string[] = [];
  const anchors: Anchor[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    anchors.push({ line: lines.length + 1, label: `page ${number}` });
    const page = await pdf.getPage(number);
    lines.push(...(await linesOf(page)), '');
    page.cleanup();
  }
  if (lines.every((line) => line.trim() === '')) throw new Unreadable(kept('it has no text, probably scanned images'));
  const headings = await headingsOf(pdf, lines, anchors).catch(() => []);
  return { text: `${lines.join('\n').trimEnd()}\n`, name: 'pages.txt', anchors, headings };
}

async function linesOf(page: PDFPageProxy): Promise<string[]> {
  const { items } = await page.getTextContent();
  const lines: string[] = [];
  let line = '';
  let last: { base: number; height: number } | null = null;
  for (const item of items) {
    if (!('str' in item)) continue;
    const base = Number(item.transform[5]);
    if (line === '' && item.str.trim() !== '') {
      if (last && Math.abs(last.base - base) > PARAGRAPH_GAP * Math.max(last.height, item.height)) lines.push('');
      last = { base, height: item.height };
    }
    line += item.str;
    if (!item.hasEOL) continue;
    if (line.trim() !== '') lines.push(clean(line));
    line = '';
  }
  if (line.trim() !== '') lines.push(clean(line));
  return lines;
}

/** One line, whatever a font calls its characters. */
function clean(line: string): string {
  return line.replace(/\p{Cc}+/gu, ' ').trimEnd();
}

type Outline = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>;

/** The entries of the document's outline, each at the line of its page that says the same, or where its page begins. */
async function headingsOf(pdf: PDFDocumentProxy, lines: readonly string[], anchors: readonly Anchor[]) {
  const found: Heading[] = [];
  async function visit(entries: Outline, level: number): Promise<void> {
    for (const { title, dest, items } of entries ?? []) {
      if (found.length >= MAX_HEADINGS) return;
      const page = await pageOf(pdf, dest);
      const start = page === null ? undefined : anchors[page]?.line;
      const end = (anchors[(page ?? 0) + 1]?.line ?? lines.length + 1) - 1;
      if (start !== undefined && title.trim())
        found.push({ line: lineOf(title, lines, start, end), level, title: clean(title) });
      if (level < MAX_OUTLINE_DEPTH) await visit(items, level + 1);
    }
  }
  await visit(await pdf.getOutline(), 1);
  return found.sort((a, b) => a.line - b.line);
}

async function pageOf(pdf: PDFDocumentProxy, dest: string | unknown[] | null): Promise<number | null> {
  const explicit = typeof dest === 'string' ? await pdf.getDestination(dest) : dest;
  const reference = explicit?.[0];
  if (typeof reference === 'number') return reference;
  return reference ? pdf.getPageIndex(reference as Parameters<PDFDocumentProxy['getPageIndex']>[0]) : null;
}

function lineOf(title: string, lines: readonly string[], start: number, end: number): number {
  const wanted = letters(title);
  for (let line = start; line <= end; line++) if (letters(lines[line - 1]!).endsWith(wanted)) return line;
  return start;
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
}
