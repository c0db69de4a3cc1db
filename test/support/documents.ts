/** Documents written by hand, as small as their formats allow, whole or broken on purpose. */
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** Lines of each page, set in Helvetica from the top down. */
export function pdfOf(pages: readonly (readonly string[])[], more: PdfOptions = {}): Buffer {
  const texts = pages.map((lines) => lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')})`));
  return pdfWithStrings(texts, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', more);
}

/** Chinese by an encoding that the file only names, as older generators write it. */
export function chinesePdf(line: string): Buffer {
  const codes = Buffer.from(line, 'utf16le').swap16().toString('hex');
  const font = `<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [
    << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light
       /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>
       /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 0 1000 1000]
         /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >> ] >>`;
  return pdfWithStrings([[`<${codes}>`]], font, {});
}

/** A page whose description is packed twice, so that a few kilobytes become `bytes`. */
export function pdfBomb(bytes: number): Buffer {
  const content = deflateSync(deflateSync(Buffer.alloc(bytes, ' '))).toString('latin1');
  const stream = `<< /Length ${content.length} /Filter [/FlateDecode /FlateDecode] >>\nstream\n${content}\nendstream`;
  const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>';
  return assemble(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>', page, stream], '');
}

interface PdfOptions {
  /** Titles of the outline, each with its page, counted from zero. */
  outline?: readonly { title: string; page: number }[];
  /** With a password that nobody knows. */
  isEncrypted?: boolean;
}

function pdfWithStrings(pages: readonly (readonly string[])[], font: string, options: PdfOptions): Buffer {
  const { outline = [], isEncrypted = false } = options;
  const pageNumber = (page: number) => 4 + 2 * page;
  const outlineNumber = 4 + 2 * pages.length;
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R${outline.length > 0 ? ` /Outlines ${outlineNumber} 0 R` : ''} >>`,
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${pageNumber(i)} 0 R`).join(' ')}] >>`,
    font,
  ];
  for (const [i, strings] of pages.entries()) {
    const content = `BT /F1 12 Tf 14 TL 72 720 Td ${strings.map((string) => `${string} Tj T*`).join(' ')} ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${pageNumber(i) + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  if (outline.length > 0) {
    const item = (i: number) => `${outlineNumber + 1 + i} 0 R`;
    objects.push(`<< /Type /Outlines /Count ${outline.length} /First ${item(0)} /Last ${item(outline.length - 1)} >>`);
    for (const [i, { title, page }] of outline.entries()) {
      const next = i + 1 < outline.length ? ` /Next ${item(i + 1)}` : '';
      objects.push(`<< /Title (${title}) /Parent ${outlineNumber} 0 R /Dest [${pageNumber(page)} 0 R /Fit]${next} >>`);
    }
  }
  const key = `<${'5a'.repeat(32)}>`;
  const encryption = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -44 >> /ID [<00> <00>]`;
  return assemble(objects, isEncrypted ? encryption : '');
}

function assemble(objects: readonly string[], trailer: string): Buffer {
  let file = '%PDF-1.7\n';
  const offsets = objects.map((object, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const start = file.length;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** A part of a zip archive; `claims` is the size that the directory tells instead of the real one. */
export interface Part {
  name: string;
  content: string | Buffer;
  claims?: number;
}

export function zipOf(parts: readonly Part[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, claims } of parts) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const sizes = Buffer.alloc(26);
    sizes.writeUInt16LE(20, 0);
    sizes.writeUInt16LE(8, 4);
    sizes.writeUInt32LE(crc32(bytes), 10);
    sizes.writeUInt32LE(packed.length, 14);
    sizes.writeUInt32LE(claims ?? bytes.length, 18);
    sizes.writeUInt16LE(Buffer.byteLength(name), 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), sizes, Buffer.from(name), packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), sizes, end, Buffer.from(name)]));
    bodies.push(body);
    at += body.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

/** Paragraphs of a Word document: `# Title` and `## Title` are headings, a list of lists is a table. */
export function docxOf(paragraphs: readonly (string | readonly (readonly string[])[])[], more: Part[] = []): Buffer {
  const body = paragraphs.map((each) => (typeof each === 'string' ? paragraph(each) : table(each))).join('');
  return zipOf([
    {
      name: '[Content_Types].xml',
      content: `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    },
    {
      name: 'word/styles.xml',
      content: `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${[1, 2].map((level) => `<w:style w:type="paragraph" w:styleId="${level}"><w:name w:val="heading ${level}"/></w:style>`).join('')}</w:styles>`,
    },
    {
      name: 'word/document.xml',
      content: `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    },
    ...more,
  ]);
}

function paragraph(text: string): string {
  const [, marks = '', words = ''] = /^(#*) ?([\s\S]*)$/.exec(text)!;
  const style = marks ? `<w:pPr><w:pStyle w:val="${marks.length}"/></w:pPr>` : '';
  return `<w:p>${style}<w:r><w:t xml:space="preserve">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</w:t></w:r></w:p>`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
  return `<w:tbl>${rows.map((row) => `<w:tr>${row.map(cell).join('')}</w:tr>`).join('')}</w:tbl>`;
}

/** A notebook of these cells: prose where it begins with `#`, else code. */
export function notebookOf(cells: readonly string[], language = 'python', ending = '.py'): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { language }, language_info: { name: language, file_extension: ending } },
    cells: cells.map((source, i) => ({
      cell_type: source.startsWith('#') ? 'markdown' : 'code',
      id: `cell-${i}`,
      metadata: {},
      source: source.split(/(?<=\n)/),
      ...(!source.startsWith('#') && { outputs: [], execution_count: null }),
    })),
  });
}
