/**
 * Bytes of a document to text with anchors and headings. Bundled on its own and loaded by a parse thread when the first
 * document comes, so that whoever has none does not wait for the libraries.
 *
 * A document that cannot be converted is data: it comes back as a sentence. What hangs or swells is ended from outside,
 * by the pool that owns the thread.
 */

import { type Converted, type DocumentFormat, documentFormat } from '../base/document.js';
import { messageOf } from '../base/errors.js';
import { kept } from '../base/l10n.js';
import { convertDocx } from './docx.js';
import { convertNotebook } from './notebook.js';
import { convertPdf } from './pdf.js';
import { Unreadable } from './unreadable.js';

export type ConvertResult = Converted | { failed: string };

type Convert = (bytes: Uint8Array, assets: string) => Promise<Converted>;

const CONVERTERS: Record<DocumentFormat, Convert> = {
  pdf: convertPdf,
  docx: convertDocx,
  ipynb: async (bytes) => convertNotebook(bytes),
};

/** UTF-16 units: a thousand pages of print, a few times over. More is data in a document's clothes. */
const MAX_TEXT = 10_000_000;

/** `assets` is the folder that the build fills. Throws for a path that is no document's. */
export async function convert(path: string, content: Uint8Array | string, assets: string): Promise<ConvertResult> {
  const format = documentFormat(path);
  if (!format) throw new RangeError(`${path} is not a document`);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  try {
    if (bytes.length === 0) throw new Unreadable(kept('it is empty'));
    const converted = await CONVERTERS[format](bytes, assets);
    if (converted.text.length > MAX_TEXT)
      throw new Unreadable(kept('its text is longer than {0} characters', MAX_TEXT));
    return converted;
  } catch (error) {
    return { failed: error instanceof Unreadable ? error.message : kept('it cannot be read: {0}', messageOf(error)) };
  }
}
