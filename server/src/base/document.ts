/**
 * Documents: files without lines of their own, such as a PDF. Their text is made from their bytes, and its lines are the
 * ones that are indexed, cited and shown; anchors say where in the document they stand.
 */

import { t } from './l10n.js';

export type DocumentFormat = 'pdf' | 'docx' | 'ipynb';

/** Where a part of a converted text stands in its document. */
export interface Anchor {
  /** The part's first line; 1-based. */
  line: number;
  /** `page 3`, `cell 5`. */
  label: string;
}

export interface Heading {
  /** 1-based. */
  line: number;
  /** 1 is the outermost. */
  level: number;
  title: string;
}

/** A document as text. */
export interface Converted {
  text: string;
  /** A file name that says the text's language, such as `cell.py`. */
  name: string;
  /** In order of lines. No chunk holds lines of two of them. */
  anchors: Anchor[];
  /** In order of lines. */
  headings: Heading[];
}

const FORMAT = /\.(pdf|docx|ipynb)$/i;

/** Null for a file that is text itself. */
export function documentFormat(path: string): DocumentFormat | null {
  return (FORMAT.exec(path)?.[1]?.toLowerCase() as DocumentFormat | undefined) ?? null;
}

/** The label of the part that holds a line; empty where there are no anchors. */
export function placeAt(anchors: readonly Anchor[], line: number): string {
  return anchors.findLast((anchor) => anchor.line <= line)?.label ?? '';
}

/** An anchor's label, which is kept in English, in the reader's language. */
export function placeName(label: string): string {
  const [, kind, number = ''] = /^(page|cell) (\d+)$/.exec(label) ?? [];
  if (!kind) return label;
  return kind === 'page' ? t('page {0}', number) : t('cell {0}', number);
}
