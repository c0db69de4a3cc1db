/** Headings: where they are found, what they divide, and what only looks like one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeAt } from '../../server/src/base/document.js';
import { linesOf } from '../../server/src/base/text.js';
import { convertNotebook } from '../../server/src/documents/notebook.js';
import { type HeadingStyle, headingsIn } from '../../server/src/index/headings.js';
import { parseDocument } from '../../server/src/index/parse.js';
import { notebookOf } from '../support/documents.js';
import { many } from '../support/fixture.js';
import { checkCoverage, outliner, parse } from '../support/parsing.js';
import { arbitraryText } from '../support/sources.js';

function headings(style: HeadingStyle, text: string): string[] {
  return headingsIn(linesOf(text.replace(/^\n/, '')), style).map(
    ({ line, level, title }) => `${line} ${level} ${title}`,
  );
}

test('levels of reStructuredText are the order in which its marks appear, over and under or under alone', () => {
  const text = `
=======
 Guide
=======

Words.

First part
==========

Detail
------

Second part
===========
`;
  expect(headings('restructuredtext', text)).toEqual([
    '1 1 Guide',
    '7 2 First part',
    '10 3 Detail',
    '13 2 Second part',
  ]);
});

test('literal blocks, directives, tables and transitions hold no title', () => {
  const text = `
Title
=====

A block follows::

    $ make
    ------

.. code-block:: text

   Heading
   =======

=====  =====
A      B
=====  =====
1      2
=====  =====

Before

--------

- a list
--
漢字
====
`;
  expect(headings('restructuredtext', text)).toEqual(['1 1 Title']);
});

test('a title of wide characters has an underline as wide as it looks', () => {
  expect(headings('restructuredtext', '設定\n====\n\n本文\n')).toEqual(['1 1 設定']);
});

test('a listing of AsciiDoc holds no title', () => {
  const text = `
= Manual

== Install

----
== not this
----

=== Linux
`;
  expect(headings('asciidoc', text)).toEqual(['1 1 Manual', '3 2 Install', '9 3 Linux']);
});

test('a page of HTML is divided before its headings, and its tags are not its words', async () => {
  const { chunks } = await parse(
    'guide.html',
    `<html><body>
<h1>Sails &amp; spars</h1>
<p class="lead">All about canvas.</p>
<div class="section">
<h2><a href="#reef">Reefing</a></h2>
${many(20, '<p class="body">Take in reef number # before the squall.</p>')}
<h2 id="furl">Furling
  <a href="#furl">¶</a></h2>
<p>Furl from the yardarm.</p>
</div>
</body></html>
`,
  );
  const named = chunks.map(({ startLine, symbol, enclosing, kind }) => `${startLine} ${kind} ${enclosing} > ${symbol}`);
  expect(named).toEqual([
    '1 text  > ',
    '2 section  > Sails & spars',
    '5 section Sails & spars > Reefing',
    '26 section Sails & spars > Furling',
  ]);
  const words = chunks[2]!.fields.body.split(' ');
  expect(words).toContain('squall');
  for (const tag of ['div', 'p', 'class', 'href']) expect(words).not.toContain(tag);
  expect(chunks[3]!.fields.signature).toContain('sail');
});

test('HTML without headings keeps its tags and names, as code does', async () => {
  const { chunks } = await parse('part.html', '<div class="toolbar"><button id="save">Save</button></div>\n');
  expect(chunks[0]!.fields.body.split(' ')).toEqual(expect.arrayContaining(['div', 'toolbar', 'button', 'save']));
});

test('a notebook is cut by the grammar of its kernel, and no chunk holds lines of two cells', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        arbitraryText.map((text) => text.slice(0, 2500)),
        { minLength: 1, maxLength: 6 },
      ),
      fc.constantFrom('.py', '.jl', '.r', '.js', '.scala', '.unknown'),
      async (cells, ending) => {
        const notebook = notebookOf(['# Title', ...cells], 'any', ending);
        const converted = convertNotebook(new TextEncoder().encode(notebook));
        const parsed = await parseDocument('a.ipynb', '', converted, outliner, 20_000);
        if (parsed.kind !== 'indexed') throw new Error(parsed.reason);
        checkCoverage(parsed);
        for (const { startLine, endLine, place } of parsed.chunks) {
          expect(placeAt(converted.anchors, startLine)).toBe(place);
          expect(placeAt(converted.anchors, endLine)).toBe(place);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('cells of prose are comments of the kernel’s language, and their headings name what follows', async () => {
  const notebook = notebookOf(
    ['# Setup\n\nRead *all* of it.', 'val x = 1\n', '## Run', 'println(x)\n'],
    'scala',
    '.scala',
  );
  const converted = convertNotebook(new TextEncoder().encode(notebook));
  expect(converted.text).toBe(`// %% [markdown]
// # Setup
//
// Read *all* of it.

// %%
val x = 1


// %% [markdown]
// ## Run

// %%
println(x)
`);
  const parsed = await parseDocument('a.ipynb', '', converted, outliner, 20_000);
  expect(parsed).toMatchObject({ language: 'scala' });
  if (parsed.kind !== 'indexed') throw new Error(parsed.reason);
  expect(parsed.chunks.map(({ place, symbol, enclosing }) => [place, symbol, enclosing])).toEqual([
    ['cell 1', 'Setup', ''],
    ['cell 2', 'x', 'Setup'],
    ['cell 3', 'Run', 'Setup'],
    ['cell 4', 'Run', 'Setup'],
  ]);
});
