/** Lines that pasted traces and messages name, as the languages write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesOfFrame, framesOf } from '../../server/src/rag/stackTrace.js';

describe('each language says where it was in its own way', () => {
  for (const [language, text, path, line] of [
    ['Python', '  File "/usr/lib/app/shop/cart.py", line 42, in total', '/usr/lib/app/shop/cart.py', 42],
    ['JavaScript', '    at Cart.total (/srv/app/src/cart.js:42:13)', '/srv/app/src/cart.js', 42],
    ['a browser', 'total@http://x/static/cart.mjs:42:13', '//x/static/cart.mjs', 42],
    ['Java', '\tat com.shop.Cart.total(Cart.java:42)', 'Cart.java', 42],
    ['Go', '\t/home/me/shop/cart.go:42 +0x1b', '/home/me/shop/cart.go', 42],
    ['Rust', "thread 'main' panicked at src/cart.rs:42:9:", 'src/cart.rs', 42],
    ['Ruby', "lib/cart.rb:42:in `total'", 'lib/cart.rb', 42],
    ['C#', String.raw`   at Shop.Cart.Total() in C:\src\Shop\Cart.cs:line 42`, '/src/Shop/Cart.cs', 42],
    ['a C compiler', 'src/cart.c:42:5: error: expected', 'src/cart.c', 42],
    ['an older one', 'cart.cpp(42): error C2065', 'cart.cpp', 42],
    ['PHP', 'PHP Fatal error: in /var/www/cart.php:42', '/var/www/cart.php', 42],
    ['Elixir', '    (shop 0.1.0) lib/shop/cart.ex:42: Shop.Cart.total/1', 'lib/shop/cart.ex', 42],
  ] as const)
    test(language, () => expect(framesOf(text)).toEqual([{ path, line }]));
});

test('a version, a time and a sum are no lines', () =>
  expect(framesOf('node v20.1 at 12:30:05, see release 1.2.3:4.5, about 7:30, f(3)')).toEqual([]));

test('no text throws, and no line is told twice', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `${text} a.ts:3 a.ts:3`),
      ),
      (text) => {
        const frames = framesOf(text).map(({ path, line }) => `${path}:${line}`);
        expect(new Set(frames).size).toBe(frames.length);
      },
    ),
  ));

test('the file whose path ends most alike is meant', () => {
  const frame = { path: '/srv/app/src/cart/index.ts', line: 3 };
  expect(filesOfFrame(frame, ['index.ts', 'src/cart/index.ts', 'src/order/index.ts'])).toEqual(['src/cart/index.ts']);
  expect(filesOfFrame({ path: 'index.ts', line: 3 }, ['a/index.ts', 'b/index.ts'])).toEqual([
    'a/index.ts',
    'b/index.ts',
  ]);
  expect(filesOfFrame(frame, ['other.ts'])).toEqual([]);
});
