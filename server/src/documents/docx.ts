/** Word documents to text: a paragraph is a line, headings are marked as in Markdown, tables have a line for each row. */

import mammoth from 'mammoth';
import type { Converted, Heading } from '../base/document.js';
import { kept } from '../base/l10n.js';
import { Unreadable } from './unreadable.js';
import { checkZip } from './zip.js';

/** The container of older Office formats, and of newer ones that are encrypted. */
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export async function convertDocx(bytes: Uint8Array): Promise<Converted> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(0, OLE.length).equals(OLE))
    throw new Unreadable(kept('it is encrypted, or a Word document of before 2007'));
  checkZip(bytes);
  // The library's HTML is its stable result: few kinds of tags, always closed, pictures left out.
  const { value } = await mammoth.convertToHtml(
    { buffer },
    { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), externalFileAccess: false },
  );
  const converted = textOf(value);
  if (converted.text.trim() === '') throw new Unreadable(kept('it has no text'));
  return converted;
}

/** Tags and text between them, in order. */
function textOf(html: string): Converted {
  const page = createPage();
  for (const [, slash, tag, text] of html.matchAll(/<(\/?)(\w+)[^>]*>|([^<]+)/g)) {
    if (text !== undefined) page.write(plain(text));
    else if (slash) page.close(tag!);
    else page.open(tag!);
  }
  return page.finish();
}

function createPage() {
  const lines: string[] = [];
  const headings: Heading[] = [];
  const lists: { isOrdered: boolean; next: number }[] = [];
  let tables = 0;
  let cells: string[] = [];
  let line = '';
  let level = 0;

  function endLine(): void {
    const title = line.trim();
    if (title !== '') {
      if (level > 0) headings.push({ line: lines.length + 1, level, title });
      lines.push(level > 0 ? `${'#'.repeat(level)} ${title}` : line.trimEnd());
    }
    line = '';
  }

  function blankLine(): void {
    if (lines.length > 0 && lines.at(-1) !== '' && lists.length === 0) lines.push('');
  }

  function beginItem(): void {
    endLine();
    const list = lists.at(-1);
    line = `${'  '.repeat(Math.max(0, lists.length - 1))}${list?.isOrdered ? `${list.next++}.` : '-'} `;
  }

  function endCell(): void {
    cells.push(line.trim());
    line = '';
  }

  function endRow(): void {
    line = `| ${cells.join(' | ')} |`;
    cells = [];
    endLine();
  }

  return {
    write(text: string): void {
      line += text;
    },
    open(tag: string): void {
      if (tag === 'table') {
        if (tables++ === 0) endLine();
      } else if (tables > 0) {
        // Whatever a cell holds, tables too, it is one line.
        if (!INLINE.has(tag) && line !== '') line += ' ';
      } else if (/^h[1-6]$/.test(tag)) {
        endLine();
        level = Number(tag[1]);
      } else if (tag === 'ul' || tag === 'ol') {
        endLine();
        lists.push({ isOrdered: tag === 'ol', next: 1 });
      } else if (tag === 'li') beginItem();
      else if (tag === 'br') endLine();
    },
    close(tag: string): void {
      if (tag === 'table') {
        if (--tables === 0) blankLine();
      } else if (tables > 0) {
        if (tables > 1) return;
        if (tag === 'td' || tag === 'th') endCell();
        else if (tag === 'tr') endRow();
      } else if (/^h[1-6]$/.test(tag)) {
        endLine();
        level = 0;
        blankLine();
      } else if (tag === 'p' || tag === 'li') {
        endLine();
        blankLine();
      } else if (tag === 'ul' || tag === 'ol') {
        lists.pop();
        blankLine();
      }
    },
    finish(): Converted {
      endLine();
      return { text: `${lines.join('\n').trimEnd()}\n`, name: 'document.md', anchors: [], headings };
    },
  };
}

const INLINE = new Set(['a', 'strong', 'em', 's', 'u', 'sub', 'sup', 'img']);
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);/g, (_whole, name: string) => ENTITIES[name]!).replace(/\s+/g, ' ');
}
