/** What a pointer is on, by the real grammars: `$0` stands in the name. */
import { expect, test } from 'vitest';
import { linesOf } from '../../server/src/base/text.js';
import { openGrammars } from '../../server/src/index/grammars.js';
import { languageOf } from '../../server/src/index/languages.js';
import { pointedAt } from '../../server/src/index/pointed.js';
import { dist } from '../support/engine.js';

const grammars = await openGrammars(dist);

/** `code`, `import`, `comment`, `string` or `keyword`, with the line of the local that is meant. */
async function at(path: string, marked: string): Promise<string> {
  const cursor = marked.indexOf('$0');
  const text = marked.replace('$0', '');
  const start = cursor - /[\w$]*$/.exec(text.slice(0, cursor))![0].length;
  const end = cursor + /^\w*/.exec(text.slice(cursor))![0].length;
  const { cut } = languageOf(path);
  if (cut.by !== 'syntax') throw new Error(`${path} has no grammar`);
  const pointed = await pointedAt(grammars, linesOf(text), cut, { start, end }, 20_000);
  if (pointed === null || pointed === 'keyword') return String(pointed);
  return pointed.localLine === null ? pointed.where : `${pointed.where}, local of line ${pointed.localLine}`;
}

const LOCALS: [path: string, marked: string, line: number][] = [
  ['a.ts', 'function f(total: number) {\n  return tot$0al;\n}', 1],
  ['a.ts', 'function f() {\n  const { a: total } = x;\n  return tot$0al;\n}', 2],
  ['a.ts', 'const f = (total) => tot$0al;', 1],
  ['a.ts', 'const f = async total => tot$0al;', 1],
  ['a.ts', 'class A { f(total?: number) { return () => tot$0al; } }', 1],
  ['a.ts', 'function f() {\n  for (const total of xs) tot$0al;\n}', 2],
  ['a.tsx', 'function F({ total }) {\n  return <b>{tot$0al}</b>;\n}', 1],
  ['a.js', 'function f(...total) { tot$0al(); }', 1],
  ['a.py', 'def f(total=1):\n    return tot$0al', 1],
  ['a.py', 'def f(total: int):\n    return tot$0al', 1],
  ['a.py', 'def f():\n    total, b = 1, 2\n    return tot$0al', 2],
  ['a.py', 'f = lambda total: tot$0al', 1],
  ['a.py', 'def f(xs):\n    return [tot$0al for total in xs]', 2],
  ['a.py', 'def f(xs):\n    with open(x) as total:\n        return tot$0al', 2],
  ['a.go', 'package a\nfunc f(total int) int { return tot$0al }', 2],
  ['a.go', 'package a\nfunc f() {\n\tfor _, total := range xs {\n\t\tprint(tot$0al)\n\t}\n}', 3],
  ['a.go', 'package a\nfunc f() {\n\tvar total int\n\tprint(tot$0al)\n}', 3],
  ['a.rs', 'fn f(total: u8) -> u8 { tot$0al }', 1],
  ['a.rs', 'fn f() {\n  let (total, b) = x;\n  g(tot$0al);\n}', 2],
  ['a.rs', 'fn f() { xs.map(|total| tot$0al) }', 1],
  ['A.java', 'class A { int f(int total) { return tot$0al; } }', 1],
  ['A.java', 'class A { void f() {\n  int total = 1;\n  g(tot$0al);\n} }', 2],
  ['A.java', 'class A { void f() { for (int total : xs) g(tot$0al); } }', 1],
  ['a.c', 'int f(int total) { return tot$0al; }', 1],
  ['a.c', 'int f(void) {\n  int *total = 0;\n  return *tot$0al;\n}', 2],
  ['a.cpp', 'int f(const Cart &total) { return g(tot$0al); }', 1],
  ['a.cpp', 'void f() { for (auto total : xs) g(tot$0al); }', 1],
  ['A.cs', 'class A { int F(int total) { return tot$0al; } }', 1],
  ['A.cs', 'class A { void F() {\n  var total = 1;\n  G(tot$0al);\n} }', 2],
  ['a.rb', 'def f(total)\n  tot$0al\nend', 1],
  ['a.rb', 'def f\n  total = 1\n  g(tot$0al)\nend', 2],
  ['a.rb', 'def f\n  xs.each { |total| g(tot$0al) }\nend', 2],
  ['a.kt', 'fun f(total: Int): Int { return tot$0al }', 1],
  ['a.kt', 'fun f() {\n  val total = 1\n  g(tot$0al)\n}', 2],
];

test.each(LOCALS)('a local of %s: %j', async (path, marked, line) =>
  expect(await at(path, marked)).toBe(`code, local of line ${line}`),
);

test.each([
  ['a.ts', 'function f(a = tot$0al) {}', 'code'],
  ['a.ts', 'function f(a: tot$0al) {}', 'code'],
  ['a.ts', 'function f(total) { return this.tot$0al; }', 'code'],
  ['a.ts', 'function total() {}\nfunction f() { tot$0al(); }', 'code'],
  ['a.ts', 'function f(g) { const a = tot$0al; }\nfunction h(total) {}', 'code'],
  ['a.py', 'def f(total):\n    return self.tot$0al', 'code'],
  ['a.py', 'total = 1\ndef f():\n    return tot$0al', 'code'],
  ['a.go', 'package a\nfunc f(total int) { return x.tot$0al }', 'code'],
  ['A.java', 'class A { int total; int f() { return tot$0al; } }', 'code'],
  ['a.rs', 'fn f(total: u8) { g(Cart::tot$0al) }', 'code'],
  ['a.ts', 'ret$0urn', 'keyword'],
  ['a.ts', 'th$0is.x', 'keyword'],
  ['a.py', 'def f():\n    retu$0rn 1', 'keyword'],
  ['a.rb', 'def f\n  se$0lf\nend', 'keyword'],
  ['A.java', 'class A { fi$0nal int x = 1; }', 'keyword'],
  ['a.go', 'pack$0age a', 'keyword'],
  ['a.ts', 'const x = "a tot$0al b";', 'string'],
  ['a.ts', 'const x = `a $' + '{tot$0al} b`;', 'code'],
  ['a.py', 'x = f"a {tot$0al} b"', 'code'],
  ['a.py', 'x = f"a tot$0al b"', 'string'],
  ['a.rb', 'x = "a #{tot$0al} b"', 'code'],
  ['a.ts', '// a tot$0al', 'comment'],
  ['a.py', '# a tot$0al', 'comment'],
  ['a.c', '/* a\n tot$0al */', 'comment'],
  ['a.ts', "import { tot$0al } from './a.js';", 'import'],
  ['a.py', 'from a.tot$0al import b', 'import'],
  ['A.java', 'import a.b.Tot$0al;', 'import'],
  ['A.java', 'package a.tot$0al;', 'import'],
  ['a.rs', 'use crate::cart::tot$0al;', 'import'],
])('in %s %j is %s', async (path, marked, place) => expect(await at(path, marked)).toBe(place));
