/** What the grammars call a reference and an import, by example, and how it is packed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Import, packLinks, type Reference, unpackLinks, unpackNames } from '../../server/src/index/references.js';
import { parse } from '../support/parsing.js';

const word = fc.string({ unit: fc.constantFrom('a', 'Z', '_', '$', '漢', '7', '!', '.'), minLength: 1, maxLength: 12 });

const references: fc.Arbitrary<Reference[]> = fc
  .array(
    fc.record({
      name: word,
      kind: fc.constantFrom('call' as const, 'type' as const),
      isMember: fc.boolean(),
      line: fc.integer({ min: 1, max: 100_000 }),
      within: fc.integer({ min: -1, max: 500 }),
    }),
    { maxLength: 200 },
  )
  .map((list) => list.sort((a, b) => a.line - b.line));

const imports: fc.Arbitrary<Import[]> = fc.array(
  fc.record({ target: word, names: fc.array(word, { maxLength: 4 }), line: fc.integer({ min: 1, max: 999 }) }),
  { maxLength: 20 },
);

test('what is packed comes out as it was', () =>
  fc.assert(
    fc.property(references, imports, (references, imports) => {
      const packed = packLinks({ references, imports });
      expect(unpackLinks(packed)).toEqual({ references, imports });
      const byName = Map.groupBy(references, ({ name }) => name);
      const names = new Map([...byName].map(([name, own]) => [name, own.every(({ isMember }) => isMember)]));
      expect(unpackNames(packed)).toEqual({ names, imports });
    }),
  ));

/** References by the definition around them, then imports. */
async function linksOf(path: string, text: string): Promise<string> {
  const { references, imports, symbols } = await parse(path, text.replace(/^\n/, ''));
  const around = Map.groupBy(references, ({ within }) => symbols[within]?.qualified ?? '');
  return [
    ...[...around].map(
      ([name, own]) =>
        `${name || '(outside)'}: ${own.map((each) => `${each.kind === 'type' ? ':' : each.isMember ? '.' : ''}${each.name}`).join(' ')}`,
    ),
    ...imports.map(({ target, names }) => `import ${target}${names.length > 0 ? ` {${names.join(' ')}}` : ''}`),
  ].join('\n');
}

test('references and imports of TypeScript', async () =>
  expect(
    await linksOf(
      'a.ts',
      `
import def, { a as b, c } from './x';
import * as ns from "y";
export { q } from './q';
const m = require('./m'); const n = await import('./n');
class A extends B<T> implements I { x: Foo = new Bar(); m() { this.go(); a.b.c?.d(); tag\`x\`; } }
@dec() class Z {}
let s = <T>x;
import type { T1 } from './t';
import fs = require('fs');
const { p, q: r } = require('./pq');
function f() { b(); ns.g(); [...h()]; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "m: require
    A: :B :T :I :Foo Bar
    A.m: .go .d tag
    Z: dec
    s: :T
    (outside): require
    f: a .g h
    import ./x {def a c}
    import y
    import ./q {q}
    import ./m
    import ./n
    import ./t {T1}
    import fs
    import ./pq {p q}"
  `));

test('references and imports of TSX', async () =>
  expect(
    await linksOf(
      'a.tsx',
      `
const x = <Foo a={1}><Bar.Baz/></Foo>;
`,
    ),
  ).toMatchInlineSnapshot(`"x: Foo .Baz"`));

test('references and imports of Python', async () =>
  expect(
    await linksOf(
      'a.py',
      `
import a.b, c as d
from .m import x as y, z
from . import q
from .. import w
from m import *
@dec
@dec2(1)
class A(Base, metaclass=M):
    def f(self, x: Foo) -> Bar:
        self.g(); h(1); a.b.c()
        raise Err(1)
`,
    ),
  ).toMatchInlineSnapshot(`
    "(outside): dec dec2
    A: :Base
    A.f: :Foo :Bar .g h .c Err
    import a.b
    import c
    import .m {x z}
    import . {q}
    import .. {w}
    import m"
  `));

test('references and imports of Go', async () =>
  expect(
    await linksOf(
      'a.go',
      `
package p
import (
 f "fmt"
 . "x/y"
 "a/b"
)
import "single"
func F(x Foo, y *pkg.Bar) Baz { g(1); pkg.H(2); x.m(); _ = Foo{1}; _ = &pkg.T{}; go z(); gen[int](1) }
type S struct { Embedded; f Foo }
`,
    ),
  ).toMatchInlineSnapshot(`
    "F: :Foo :Bar :Baz g .H .m Foo .T z gen :int
    S: :Embedded :Foo
    import "fmt"
    import "x/y"
    import "a/b"
    import "single""
  `));

test('references and imports of Java', async () =>
  expect(
    await linksOf(
      'A.java',
      `
package a.b;
import a.b.C;
import static a.b.D.e;
import x.y.*;
class A extends B implements I, J<K> { Foo f; A() { super(1); this.g(); h(); new Bar(2); x.y.z(); new p.Q(); Foo::bar; } Foo g(Bar<Baz> b) throws E { } @Override void k() {} }
`,
    ),
  ).toMatchInlineSnapshot(`
    "A: :B :I :J :K :Foo
    A.A: .g h Bar .z :p .Q .bar
    A.g: :Foo :Bar :Baz :E
    A.k: :Override
    import import a.b.C;
    import import static a.b.D.e;
    import import x.y.*;"
  `));

test('references and imports of Rust', async () =>
  expect(
    await linksOf(
      'a.rs',
      `
use crate::a::b;
use crate::{c::d, e::{f as g, self}};
use super::x::*;
mod m;
mod inl { }
fn f(x: Foo) -> Bar { g(1); a::b::h(2); x.m(); mac!(3); Foo { a: 1 }; Foo::new(); y.gen::<T>(); std::mac2!(1); }
impl Tr for Foo {}
extern crate zz;
fn k() { assert_eq!(n(1), x.o(2) + p * (q)); }
`,
    ),
  ).toMatchInlineSnapshot(`
    "f: :Foo :Bar g .h .m mac Foo .new .gen :T .mac2
    (outside): :Tr
    k: assert_eq n .o
    import use crate::a::b;
    import use crate::{c::d, e::{f as g, self}};
    import use super::x::*;
    import mod m;"
  `));

test('references and imports of C', async () =>
  expect(
    await linksOf(
      'a.c',
      `
#include "a/b.h"
#include <c.h>
struct foo x; bar_t y;
int f(struct foo *p) { g(1); p->h(2); (*q)(3); return sizeof(bar_t); }
`,
    ),
  ).toMatchInlineSnapshot(`
    "x: :foo
    y: :bar_t
    f: :foo g .h
    import "a/b.h"
    import <c.h>"
  `));

test('references and imports of C++', async () =>
  expect(
    await linksOf(
      'a.cpp',
      `
#include "a.hpp"
#include <b>
import foo;
class A : public B, C<D> { Foo f; };
int f(Foo &p) { g(1); p.h(2); ns::k(3); new Foo(1); Bar b(2); tmpl<int>(4); ns::T::x(5); auto z = Foo{1}; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "A: :B :C :D :Foo
    f: :Foo g .h .k Foo :Bar tmpl .x Foo
    import "a.hpp"
    import <b>"
  `));

test('references and imports of C#', async () =>
  expect(
    await linksOf(
      'a.cs',
      `
using System.Text;
using static A.B;
using X = Y.Z;
namespace N { class A : B, IC { Foo f; Foo G(Bar b) { H(1); this.K(2); x.L<int>(3); new M(4); x?.O(5); typeof(P); return null; } [Attr] void Q() {} } }
`,
    ),
  ).toMatchInlineSnapshot(`
    "N.A: :B :IC :Foo
    N.A.G: :Foo :Bar H .K .L M .O
    N.A.Q: :Attr
    import using System.Text;
    import using static A.B;
    import using X = Y.Z;"
  `));

test('references and imports of Ruby', async () =>
  expect(
    await linksOf(
      'a.rb',
      `
require 'a/b'
require_relative '../c'
class A < B::C
  include D
  def f
    g(1); self.h; i; x.j 2; K.new; l!
  end
end
`,
    ),
  ).toMatchInlineSnapshot(`
    "(outside): require require_relative
    A: :C include :D
    A.f: g .h .j K .new l!
    import require 'a/b'
    import require_relative '../c'"
  `));

test('references and imports of PHP', async () =>
  expect(
    await linksOf(
      'a.php',
      `
<?php
namespace A\\B;
use C\\D;
use E\\{F, G as H};
use function I\\j;
require_once 'x/y.php';
require __DIR__ . '/z.php';
class K extends L implements M { use N; function o(P $p): Q { r(1); $this->s(2); T::u(3); new V(4); \\W\\x(5); $y?->z(); } }
`,
    ),
  ).toMatchInlineSnapshot(`
    "K: :L :M :N
    K.o: :P :Q r .s :T .u V .x .z
    import use C\\D;
    import use E\\{F, G as H};
    import use function I\\j;
    import require_once 'x/y.php'
    import require __DIR__ . '/z.php'"
  `));

test('references and imports of Kotlin', async () =>
  expect(
    await linksOf(
      'a.kt',
      `
package a.b
import c.d.E
import f.g.*
import h.i as j
class A(val x: Foo) : B(1), C { fun f(p: Bar): Baz { g(1); x.h(2); K(); l { } ; this.m<Int>(3) ; x?.n()} }
`,
    ),
  ).toMatchInlineSnapshot(`
    "A: :Foo B :C
    A.f: :Bar :Baz g .h K l .n
    import import c.d.E
    import import f.g.*
    import import h.i as j"
  `));

test('references and imports of Scala', async () =>
  expect(
    await linksOf(
      'a.scala',
      `
package a.b
import c.d.E
import f.{g, h => i}
import j._
class A(x: Foo) extends B(1) with C { def f(p: Bar): Baz = { g(1); x.h(2); new K(3); l[Int](4); x m y } }
`,
    ),
  ).toMatchInlineSnapshot(`
    "A: :Foo :B :C
    A.f: :Bar :Baz g .h K l :Int m
    import import c.d.E
    import import f.{g, h => i}
    import import j._"
  `));

test('references and imports of Lua', async () =>
  expect(
    await linksOf(
      'a.lua',
      `
local a = require "b.c"
local d = require('e')
f(1)
x.g(2)
x:h(3)
function k() l() end
`,
    ),
  ).toMatchInlineSnapshot(`
    "a: require
    d: require
    (outside): f .g .h
    k: l
    import b.c
    import e"
  `));

test('references and imports of shell scripts', async () =>
  expect(
    await linksOf(
      'a.sh',
      `
source ./a.sh
. "lib/b.sh"
f() { g 1; if h; then i "$(j)"; fi; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "(outside): source .
    f: g h i j
    import ./a.sh
    import "lib/b.sh""
  `));

test('references and imports of Zig', async () =>
  expect(
    await linksOf(
      'a.zig',
      `
const a = @import("b.zig");
fn f(x: Foo) Bar { g(1); a.h(2); x.y.z(); return Bar{ .a = 1 }; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "f: :Foo g .h .z Bar
    import b.zig"
  `));

test('references and imports of Elixir', async () =>
  expect(
    await linksOf(
      'a.ex',
      `
defmodule A do
  alias B.C
  alias D.{E, F}
  import G
  use H, x: 1
  require I
  def f(x) do
    g(x)
    C.h(x)
    x |> i()
    x |> C.j
    %L{a: 1}
  end
end
`,
    ),
  ).toMatchInlineSnapshot(`
    "A.f: g .h i .j :L
    import B.C
    import D.{E, F}
    import G
    import H
    import I"
  `));

test('references and imports of Haskell', async () =>
  expect(
    await linksOf(
      'a.hs',
      `
module A where
import B.C (d, E(..))
import qualified F.G as H
f :: Foo -> Bar
f x = g x (h 1) $ k x
  where y = H.l x
z = a \`op\` b
`,
    ),
  ).toMatchInlineSnapshot(`
    "f: g h k .l
    z: op
    import B.C {d}
    import F.G"
  `));

test('references and imports of Solidity', async () =>
  expect(
    await linksOf(
      'a.sol',
      `
import "./a.sol";
import {B, C as D} from "../c.sol";
contract E is F, G { using H for I; function j(K memory k) public { l(1); k.m(2); emit N(3); revert O(); new P(); Q q; } modifier r() { _; } function s() r {} }
`,
    ),
  ).toMatchInlineSnapshot(`
    "E: :F :G :I
    E.j: :K l .m N O P :Q
    E.s: r
    import "./a.sol"
    import "../c.sol" {B C}"
  `));

test('references and imports of PowerShell', async () =>
  expect(
    await linksOf(
      'a.ps1',
      `
using module ./a.psm1
Import-Module ./b.psm1
. ./c.ps1
. "$PSScriptRoot/d.ps1"
function F { G-H 1; $x.I(2); [J]::K(3); & L }
`,
    ),
  ).toMatchInlineSnapshot(`
    "(outside): using Import-Module ./c.ps1
    F: G-H .I .K L
    import module
    import ./a.psm1
    import ./b.psm1
    import ./c.ps1
    import "$PSScriptRoot/d.ps1""
  `));

test('references and imports of JavaScript', async () =>
  expect(
    await linksOf(
      'a.js',
      `
const x = <Foo a={1}><Bar.Baz/></Foo>;
import def, { a as b, c } from './x';
const { p, q: r } = require('./pq');
class A extends B { m() { this.go(); b(); new C(); r(); } }

`,
    ),
  ).toMatchInlineSnapshot(`
    "x: Foo .Baz
    (outside): require
    A: :B
    A.m: .go a C q
    import ./x {def a c}
    import ./pq {p q}"
  `));

test('a name that the grammar puts into broken text is none', async () => {
  for (const [path, text] of [
    ['a.c', 'int f(void) { return sizeof(struct ) + g(); }\n'],
    ['a.c', '#define A(x) ((x))\nint f() { A() ->(3); g(); }\n'],
    ['a.cpp', 'void f() { new (); a->(); g(); }\n'],
  ] as const) {
    const { references, imports } = await parse(path, text);
    expect(references.map(({ name }) => name)).toContain('g');
    expect(references.every(({ name }) => name !== '')).toBe(true);
    expect(unpackLinks(packLinks({ references, imports }))).toEqual({ references, imports });
  }
});
