/** What an import means among the files there are, language by language. */
import { expect, test } from 'vitest';
import { createImportResolver } from '../../server/src/index/imports.js';
import { languageOf } from '../../server/src/index/languages.js';
import { readFacts } from '../../server/src/index/projectFacts.js';

type Case = [from: string, target: string, names: string, expected: string];

/** `expected`: the files, each group after its names. */
function check(paths: string, cases: readonly Case[], configs: Record<string, string> = {}): void {
  const facts = readFacts(Object.entries(configs).map(([path, text]) => ({ path, text })));
  const all = [...paths.split(' '), ...Object.keys(configs)];
  for (const order of [all, [...all].reverse()]) {
    const resolve = createImportResolver(order, facts);
    for (const [path, target, names, expected] of cases) {
      const from = { path, language: languageOf(path).id };
      const found = resolve(from, { target, names: names.split(' ').filter(Boolean), line: 1 });
      const text = found
        .map(({ names, files }) => [...names.map((name) => `{${name}}`), ...files].join(' '))
        .join(' | ');
      expect(`${path}: ${target} → ${text}`).toBe(`${path}: ${target} → ${expected}`);
    }
  }
}

test('TypeScript and JavaScript', () =>
  check(
    'src/a.ts src/b/index.tsx src/c.d.ts src/d.vue lib/e.mts packages/core/src/index.ts packages/core/src/extra.ts app/x/y.ts',
    [
      ['src/a.ts', './b', '', 'src/b/index.tsx'],
      ['src/b/index.tsx', '../a.js', 'one', '{one} src/a.ts'],
      ['src/b/index.tsx', '..', '', ''],
      ['src/a.ts', './c', '', 'src/c.d.ts'],
      ['src/a.ts', './d.vue?raw', '', 'src/d.vue'],
      ['src/a.ts', '../lib/e.mjs', '', 'lib/e.mts'],
      ['src/a.ts', '../../outside', '', ''],
      ['src/a.ts', 'react', 'useState', '{useState}'],
      ['src/a.ts', '@me/core', '', 'packages/core/src/index.ts'],
      ['src/a.ts', '@me/core/extra', '', 'packages/core/src/extra.ts'],
      ['app/z.ts', '@x/y', '', 'app/x/y.ts'],
      ['app/z.ts', 'x/y', '', 'app/x/y.ts'],
      ['src/a.ts', '@x/y', '', ''],
    ],
    {
      'packages/core/package.json': '{"name": "@me/core"}',
      'app/tsconfig.json': '{ // with comments\n "compilerOptions": {"baseUrl": ".", "paths": {"@x/*": ["x/*"],}},}',
    },
  ));

test('Python', () =>
  check(
    'src/shop/__init__.py src/shop/cart.py src/shop/deep/__init__.py src/shop/deep/tax.py tests/test_cart.py tests/tools.py json.py',
    [
      ['tests/test_cart.py', 'shop.cart', 'Cart', '{Cart} src/shop/cart.py'],
      ['tests/test_cart.py', 'shop', 'cart Shop', 'src/shop/cart.py | {Shop} src/shop/__init__.py'],
      ['tests/test_cart.py', 'tools', '', 'tests/tools.py'],
      ['src/shop/cart.py', '.deep.tax', 'vat', '{vat} src/shop/deep/tax.py'],
      ['src/shop/cart.py', '.', 'deep', 'src/shop/deep/__init__.py'],
      ['src/shop/deep/tax.py', '..cart', 'Cart', '{Cart} src/shop/cart.py'],
      ['src/shop/deep/tax.py', '...', 'x', '{x}'],
      ['src/shop/cart.py', 'tools', '', ''],
      ['src/shop/cart.py', 'os.path', 'join', '{join}'],
    ],
  ));

test('Go', () =>
  check(
    'main.go main_test.go cart/cart.go cart/sum.go cart/cart_test.go other/tax/tax.go',
    [
      ['main.go', '"example.test/shop/cart"', '', 'cart/cart.go cart/sum.go'],
      ['cart/cart.go', '"example.test/shop"', '', 'main.go'],
      ['main.go', '"example.test/tax/tax"', '', ''],
      ['main.go', '"fmt"', '', ''],
      ['main.go', '"example.test/other/tax"', '', 'other/tax/tax.go'],
    ],
    { 'go.mod': 'module example.test/shop\n', 'other/go.mod': 'module example.test/other // nested\n' },
  ));

test('Java, Kotlin and Scala', () =>
  check('app/src/main/java/shop/Cart.java app/src/main/kotlin/shop/tax/Rates.kt lib/shop/Cart.java', [
    ['app/src/main/java/a/B.java', 'import shop.Cart;', '', '{Cart} app/src/main/java/shop/Cart.java'],
    ['lib/a/B.java', 'import static shop.Cart.total;', '', '{total} lib/shop/Cart.java'],
    ['app/src/main/kotlin/shop/A.kt', 'import shop.tax.vat', '', '{vat} app/src/main/kotlin/shop/tax/Rates.kt'],
    ['a/B.java', 'import shop.tax.*;', '', 'app/src/main/kotlin/shop/tax/Rates.kt'],
    ['a/B.java', 'import java.util.List;', '', '{List}'],
    ['a/B.scala', 'import shop.{Cart => C, Gone}', '', '{Cart} lib/shop/Cart.java | {Gone} lib/shop/Cart.java'],
  ]));

test('Rust', () =>
  check('src/lib.rs src/cart.rs src/tax/mod.rs src/tax/vat.rs other-crate/src/lib.rs other-crate/src/deep.rs', [
    ['src/lib.rs', 'pub mod cart;', '', 'src/cart.rs'],
    ['src/tax/mod.rs', 'mod vat;', '', 'src/tax/vat.rs'],
    ['src/cart.rs', 'use crate::tax::vat::rate;', '', '{rate} src/tax/vat.rs'],
    [
      'src/cart.rs',
      'use crate::{tax::{self, vat::*}, Shop as S};',
      '',
      'src/tax/mod.rs | src/tax/vat.rs | {Shop} src/lib.rs',
    ],
    ['src/tax/vat.rs', 'use super::Tax;', '', '{Tax} src/tax/mod.rs'],
    ['src/tax/vat.rs', 'use other_crate::deep::Thing;', '', '{Thing} other-crate/src/deep.rs'],
    ['src/tax/vat.rs', 'use std::fmt;', '', '{fmt}'],
  ]));

test('C and C++', () =>
  check('src/a.c src/b.h include/shop/c.hpp deep/er/d.h', [
    ['src/a.c', '"b.h"', '', 'src/b.h'],
    ['src/a.c', '<shop/c.hpp>', '', 'include/shop/c.hpp'],
    ['src/a.c', '"d.h"', '', 'deep/er/d.h'],
    ['src/a.c', '<d.h>', '', ''],
  ]));

test('languages with plainer rules', () =>
  check(
    'lib/shop/cart.rb app/main.rb src/Shop/Cart.php src/Core/Log.cs lua/shop/init.lua bin/lib.sh zig/b.zig lib/shop/tax_rate.ex src/Shop/Tax.hs c/d.sol m/e.psm1',
    [
      ['app/main.rb', "require 'shop/cart'", '', 'lib/shop/cart.rb'],
      ['app/main.rb', "require_relative '../lib/shop/cart'", '', 'lib/shop/cart.rb'],
      ['app/main.rb', "require 'json'", '', ''],
      ['public/index.php', 'use Acme\\Shop\\Cart as C;', '', '{Cart} src/Shop/Cart.php'],
      ['public/index.php', "require __DIR__ . '/../src/Shop/Cart.php'", '', 'src/Shop/Cart.php'],
      ['public/index.php', 'use Exception;', '', '{Exception}'],
      ['src/Main.cs', 'using Acme.Core;', '', 'src/Core/Log.cs'],
      ['main.lua', 'shop', '', 'lua/shop/init.lua'],
      ['bin/run.sh', '"$HERE/lib.sh"', '', 'bin/lib.sh'],
      ['zig/a.zig', 'b.zig', '', 'zig/b.zig'],
      ['lib/a.ex', 'Shop.TaxRate', '', 'lib/shop/tax_rate.ex'],
      ['app/A.hs', 'Shop.Tax', 'vat', '{vat} src/Shop/Tax.hs'],
      ['a.sol', '"./c/d.sol"', 'D', '{D} c/d.sol'],
      ['m/a.ps1', '"$PSScriptRoot/e.psm1"', '', 'm/e.psm1'],
    ],
  ));
