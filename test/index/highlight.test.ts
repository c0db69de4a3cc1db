/** The grammars' own queries: each compiles against its grammar, and says of code what a reader would. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { tokenClasses } from '../../server/src/base/tokenClasses.js';
import { openGrammars } from '../../server/src/index/grammars.js';
import { createHighlighter } from '../../server/src/index/highlight.js';
import { LANGUAGES, languageCalled } from '../../server/src/index/languages.js';
import { dist } from '../support/engine.js';

// As parse threads have it: optimising every grammar would take longer than all that is done here.
setFlagsFromString('--liftoff-only');
const highlighter = openGrammars(dist).then((grammars) => createHighlighter(dist, grammars));

/** Each coloured run with its class. */
async function coloured(language: string, text: string): Promise<string[]> {
  const runs = (await (await highlighter)({ language, text })) ?? [];
  return Array.from({ length: runs.length / 3 }, (_, i) => {
    const [offset, length, place] = runs.slice(3 * i) as [number, number, number];
    return `${tokenClasses[place]} ${text.slice(offset, offset + length)}`;
  });
}

const SAMPLE = 'a = "b" # c\n/* d */ // e\nif 12 f(g) { return "h"; }\n<i j="k">l</i>\n[m]\nn: 3\n';

test('every query that is shipped fits its grammar', async () => {
  const grammars = readdirSync(join(dist, 'highlights')).map((file) => file.replace('.scm', ''));
  const languages = LANGUAGES.filter(({ cut }) => cut.by === 'syntax' && grammars.includes(cut.grammar));
  expect(languages.length).toBeGreaterThan(20);
  const silent: string[] = [];
  for (const { id } of languages) if ((await coloured(id, SAMPLE)).length === 0) silent.push(id);
  expect(silent).toEqual([]);
});

test('a language is known by its id, by an ending and by what people call it', async () => {
  for (const { id, extensions } of LANGUAGES)
    for (const name of [id, ...extensions]) expect(languageCalled(name.toUpperCase())?.id, name).toBe(id);
  for (const name of ['TS', 'golang', 'python3', 'rs', 'yml'])
    expect((await coloured(name, SAMPLE)).length, name).toBeGreaterThan(0);
  expect(['C++', 'c#', 'shell'].map((name) => languageCalled(name)?.id)).toEqual(['cpp', 'csharp', 'shellscript']);
  for (const name of ['', 'klingon', 'constructor', '__proto__']) expect(await coloured(name, SAMPLE)).toEqual([]);
});

test('code is told apart as its grammar has it', async () => {
  expect(
    await coloured('typescript', 'export class Cart { total(items: Item[]) { return sum(items, "a"); } } // x'),
  ).toEqual([
    'keyword export',
    'keyword class',
    'type Cart',
    'function total',
    'variable items',
    'type Item',
    'keyword return',
    'function sum',
    'string "a"',
    'comment // x',
  ]);
  expect(await coloured('go', 'func Add(a int) error { return nil }')).toContain('function Add');
});

const SAMPLES: Record<string, { code: string; told: string }> = {
  cpp: {
    code: 'namespace shop {\nint Cart::total(const Items& items) noexcept { return sum(items, 2) + ns::tax(1.5); } // x\n}',
    told: 'keyword namespace|type shop|type int|function total|keyword const|type Items|variable items|keyword noexcept|keyword return|function sum|number 2|function tax|number 1.5|comment // x',
  },
  csharp: {
    code: 'public async Task<int> Total(Cart cart) { var a = $"sum {cart.Sum()}"; return Math.Round(2.5); } // x',
    told: 'keyword public|keyword async|type Task|type int|function Total|type Cart|variable cart|keyword var|string $"sum |function Sum|string "|keyword return|function Round|number 2.5|comment // x',
  },
  shellscript: {
    code: '# x\ntotal() {\n  local sum="a $1"\n  if [ -n "$sum" ]; then echo \'done\' | grep d; fi\n}\n',
    told: "comment # x|function total|keyword local|variable sum|string \"a |variable 1|keyword if|keyword -n|keyword then|function echo|string 'done'|function grep|keyword fi",
  },
  ruby: {
    code: 'class Cart\n  def total(items)\n    @sum = items.map { |i| i.price }.sum + 2\n    "a #{@sum}" unless nil # x\n  end\nend',
    told: 'keyword class|type Cart|keyword def|function total|variable items|property @sum|function map|number 2|string "a |keyword unless|constant nil|comment # x|keyword end',
  },
  php: {
    code: '<?php\nfinal class Cart {\n  public function total(Items $items): int { return $this->sum($items, "a") + 2; } // x\n}',
    told: 'keyword class|type Cart|keyword public|keyword function|function total|type Items|variable $items|type int|keyword return|function sum|string "a"|number 2|comment // x',
  },
  kotlin: {
    code: 'data class Cart(val items: List<Item>) {\n  fun total(tax: Int): Int = items.sum(tax) + 2 // x\n  val a = "b"\n}',
    told: 'keyword data|keyword class|type Cart|keyword val|type List|type Item|keyword fun|function total|variable tax|type Int|function sum|number 2|comment // x|string "b"',
  },
  css: {
    code: '.cart > a:hover { color: #fff; margin: 2px var(--gap) !important } /* x */',
    told: 'type cart|tag a|keyword hover|property color|number #fff|number 2px|function var|keyword !important|comment /* x */',
  },
  powershell: {
    code: 'function Get-Total($Items) { if ($Items) { return "a" } } # x',
    told: 'keyword function|function Get-Total|variable $Items|keyword if|keyword return|string "a"|comment # x',
  },
  terraform: {
    code: 'resource "a" "b" {\n  count = length(var.items) # x\n  on = true\n}\n',
    told: 'keyword resource|string "a"|property count|function length|property items|comment # x|property on|constant true',
  },
};

test('so are those whose packages ship no query', async () => {
  const silent: string[] = [];
  for (const [language, { code, told }] of Object.entries(SAMPLES)) {
    const found = await coloured(language, code);
    const missing = told.split('|').filter((one) => !found.includes(one));
    if (missing.length > 0) silent.push(`${language}: ${missing.join(', ')} of ${found.join('|')}`);
  }
  expect(silent).toEqual([]);
  // From the middle of a file.
  expect(await coloured('php', 'function total() { return 2; }')).toEqual([
    ...['keyword function', 'function total', 'keyword return', 'number 2'],
  ]);
});

test('a method without its class, broken code and unknown languages do no harm', async () => {
  expect(await coloured('typescript', '  total() {\n    return 1;\n  }')).toContain('number 1');
  expect(await (await highlighter)({ language: 'klingon', text: 'x' })).toBeNull();
  expect(await (await highlighter)({ language: 'typescript', text: 'x'.repeat(200_000) })).toBeNull();
  await coloured('python', '"""\n"');
});
