/**
 * What each grammar calls a definition, by example. TypeScript, JavaScript, Python, Go, Rust and Java are in
 * chunk.test.ts; a language of the table without an example fails here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LANGUAGES, languageOf } from '../../server/src/index/languages.js';
import { many } from '../support/fixture.js';
import { parse, symbolsOf } from '../support/parsing.js';

test('symbols of C', async () => {
  expect(
    await symbolsOf(
      'a.c',
      `
/* Money. */
#define LIMIT 3
#define MAX(a, b) ((a) > (b) ? (a) : (b))
typedef unsigned long cents_t;
struct cart { int sum; char *name; };
typedef struct { int x; } point;
enum size { SMALL, LARGE };
union either { int a; float b; };
static const int limit = 3;
int total(struct cart *c);
static char *name_of(const struct cart *c, int n) {
  int inside = 1;
  return c->name;
}
#ifdef DEEP
int deep(void) { return 1; }
#endif
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant LIMIT 2-2: #define LIMIT 3
    function MAX 3-3: #define MAX(a, b) ((a) > (b) ? (a) : (b))
    type cents_t 4-4: typedef unsigned long cents_t;
    class cart 5-5: struct cart
    field cart.sum 5-5: int sum;
    field cart.name 5-5: char *name;
    class point 6-6: typedef struct
    field point.x 6-6: int x;
    enum size 7-7: enum size
    field size.SMALL 7-7: SMALL
    field size.LARGE 7-7: LARGE
    class either 8-8: union either
    field either.a 8-8: int a;
    field either.b 8-8: float b;
    constant limit 9-9: static const int limit = 3;
    function total 10-10: int total(struct cart *c);
    function name_of 11-14: static char *name_of(const struct cart *c, int n)
    function deep 16-16: int deep(void)"
  `);
});

test('symbols of C++', async () => {
  expect(
    await symbolsOf(
      'a.cpp',
      `
// Money.
#define LIMIT 3
namespace shop {
template <typename T>
class Cart : public Base {
 public:
  Cart();
  ~Cart() {}
  int total() const { return sum_; }
  virtual void load(int n) = 0;
  bool operator==(const Cart &other) const;
 private:
  int sum_ = 1;
};
struct Point { int x, y; };
enum class Size { Small, Large };
using Id = unsigned long;
int Cart::count(int n) { return n; }
template <typename T> T twice(T x) { return x + x; }
constexpr int kMax = 3;
concept_t old;
}
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant LIMIT 2-2: #define LIMIT 3
    module shop 3-22: namespace shop
    class shop.Cart 5-14: class Cart : public Base
    method shop.Cart.Cart 7-7: Cart();
    method shop.Cart.~Cart 8-8: ~Cart()
    method shop.Cart.total 9-9: int total() const
    method shop.Cart.load 10-10: virtual void load(int n) = 0;
    method shop.Cart.operator== 11-11: bool operator==(const Cart &other) const;
    field shop.Cart.sum_ 13-13: int sum_ = 1;
    class shop.Point 15-15: struct Point
    field shop.Point.x 15-15: int x, y;
    field shop.Point.y 15-15: int x, y;
    enum shop.Size 16-16: enum class Size
    field shop.Size.Small 16-16: Small
    field shop.Size.Large 16-16: Large
    type shop.Id 17-17: using Id = unsigned long;
    method shop.Cart.count 18-18: int Cart::count(int n)
    function shop.twice 19-19: T twice(T x)
    constant shop.kMax 20-20: constexpr int kMax = 3;"
  `);
});

test('symbols of C#', async () => {
  expect(
    await symbolsOf(
      'a.cs',
      `
using System;
namespace Shop
{
    /// <summary>Sells.</summary>
    public class Cart<T> : Base, IMoney
    {
        private readonly int sum = 1;
        public const int Max = 3;
        public int Total { get; set; }
        public event EventHandler Changed;
        public Cart(int n) : base(n) { }
        [Obsolete] public async Task<int> Load(List<T> items) { return 1; }
        public static Cart operator +(Cart a, Cart b) => a;
        int Local() { int Inner() => 1; return Inner(); }
    }
    public interface IMoney { int Cents(); }
    public struct Point { public int X; }
    public record Person(string Name);
    public enum Size { Small, Large = 2 }
    public delegate void Handler(int n);
}
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop 2-21: namespace Shop
    class Shop.Cart 5-15: public class Cart<T> : Base, IMoney
    field Shop.Cart.sum 7-7: private readonly int sum = 1;
    field Shop.Cart.Max 8-8: public const int Max = 3;
    field Shop.Cart.Total 9-9: public int Total { get; set; }
    field Shop.Cart.Changed 10-10: public event EventHandler Changed;
    method Shop.Cart.Cart 11-11: public Cart(int n) : base(n)
    method Shop.Cart.Load 12-12: [Obsolete] public async Task<int> Load(List<T> items)
    method Shop.Cart.Local 14-14: int Local()
    function Shop.Cart.Inner 14-14: int Inner()
    interface Shop.IMoney 16-16: public interface IMoney
    method Shop.IMoney.Cents 16-16: int Cents();
    class Shop.Point 17-17: public struct Point
    field Shop.Point.X 17-17: public int X;
    class Shop.Person 18-18: public record Person(string Name);
    enum Shop.Size 19-19: public enum Size
    field Shop.Size.Small 19-19: Small
    field Shop.Size.Large 19-19: Large = 2
    type Shop.Handler 20-20: public delegate void Handler(int n);"
  `);
});

test('symbols of Objective-C', async () => {
  expect(
    await symbolsOf(
      'a.m',
      `
// Money.
#import <Foundation/Foundation.h>
#define LIMIT 3
@protocol Money <NSObject>
- (int)cents;
@end
@interface Cart : NSObject <Money>
@property (nonatomic, copy) NSString *name;
- (int)total:(NSArray *)items with:(int)n;
+ (instancetype)cart;
@end
@implementation Cart
- (int)total:(NSArray *)items with:(int)n {
  return 1;
}
+ (instancetype)cart { return nil; }
@end
@interface Cart (Extra)
- (void)more;
@end
typedef NS_ENUM(NSInteger, Size) { Small, Large };
static int helper(int a) { return a; }
struct point { int x; };
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant LIMIT 3-3: #define LIMIT 3
    interface Money 4-6: @protocol Money <NSObject>
    method Money.cents 5-5: - (int)cents;
    class Cart 7-11: @interface Cart : NSObject <Money>
    field Cart.name 8-8: @property (nonatomic, copy) NSString *name;
    method Cart.total 9-9: - (int)total:(NSArray *)items with:(int)n;
    method Cart.cart 10-10: + (instancetype)cart;
    module Cart 12-17: @implementation Cart
    method Cart.total 13-15: - (int)total:(NSArray *)items with:(int)n
    method Cart.cart 16-16: + (instancetype)cart
    class Cart 18-20: @interface Cart (Extra)
    method Cart.more 19-19: - (void)more;
    function helper 22-22: static int helper(int a)
    class point 23-23: struct point
    field point.x 23-23: int x;"
  `);
});

test('symbols of Ruby', async () => {
  expect(
    await symbolsOf(
      'a.rb',
      `
# Money.
module Shop
  LIMIT = 3
  class Cart < Base
    attr_reader :sum
    SIZES = [1, 2]
    def initialize(a, b = 1)
      @sum = a
    end
    def self.of(x) = new(x)
    def total?
      1
    end
    class << self
      def build; end
    end
  end
  class Shop::Other; end
end
def main(argv)
  puts 1
end
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop 2-19: module Shop
    constant Shop.LIMIT 3-3: LIMIT = 3
    class Shop.Cart 4-17: class Cart < Base
    field Shop.Cart.sum 5-5: attr_reader :sum
    constant Shop.Cart.SIZES 6-6: SIZES = [1, 2]
    method Shop.Cart.initialize 7-9: def initialize(a, b = 1)
    method Shop.Cart.of 10-10: def self.of(x)
    method Shop.Cart.total? 11-13: def total?
    method Shop.Cart.build 15-15: def build; end
    class Shop.Shop.Other 18-18: class Shop::Other; end
    function main 20-22: def main(argv)"
  `);
});

test('symbols of PHP', async () => {
  expect(
    await symbolsOf(
      'a.php',
      `
<?php
namespace Shop\\Deep;
/** Money. */
const LIMIT = 3;
abstract class Cart extends Base implements Money
{
    const MAX = 1;
    private int $sum = 1;
    public function __construct(private int $n) {}
    abstract public function load(): void;
    public static function total(array $items): int { return 1; }
}
interface Money { public function cents(): int; }
trait Sells { public function sell() {} }
enum Size: string { case Small = 's'; public function n() {} }
function main(int $a, ...$rest): int {
    return 1;
}
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop\\Deep 2-2: namespace Shop\\Deep;
    constant LIMIT 4-4: LIMIT = 3
    class Cart 5-12: abstract class Cart extends Base implements Money
    constant Cart.MAX 7-7: MAX = 1
    field Cart.sum 8-8: $sum = 1
    method Cart.__construct 9-9: public function __construct(private int $n)
    field Cart.n 9-9: private int $n
    method Cart.load 10-10: abstract public function load(): void;
    method Cart.total 11-11: public static function total(array $items): int
    interface Money 13-13: interface Money
    method Money.cents 13-13: public function cents(): int;
    class Sells 14-14: trait Sells
    method Sells.sell 14-14: public function sell()
    enum Size 15-15: enum Size: string
    field Size.Small 15-15: case Small = 's';
    method Size.n 15-15: public function n()
    function main 16-18: function main(int $a, ...$rest): int"
  `);
});

test('symbols of shell scripts', async () => {
  expect(
    await symbolsOf(
      'a.sh',
      `
#!/usr/bin/env bash
# Builds.
LIMIT=3
readonly NAME="x"
export PATH="$PATH:bin"
declare -A map=([a]=1)
build() {
  local inside=1
  echo "$1"
}
function deploy {
  build
}
alias ll='ls -l'
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant LIMIT 3-3: LIMIT=3
    constant NAME 4-4: readonly NAME="x"
    constant PATH 5-5: export PATH="$PATH:bin"
    constant map 6-6: declare -A map=([a]=1)
    function build 7-10: build()
    function deploy 11-13: function deploy"
  `);
});

test('symbols of PowerShell', async () => {
  expect(
    await symbolsOf(
      'a.ps1',
      `
<# Money. #>
param([int]$n = 1)
$Limit = 3
function Get-Total {
    param([string]$Name)
    return 1
}
filter Half { $_ / 2 }
class Cart : Base {
    [int]$Sum = 1
    Cart([int]$n) { $this.Sum = $n }
    [int] Total([int]$n) { return 1 }
}
enum Size { Small; Large = 2 }
# done
`,
    ),
  ).toMatchInlineSnapshot(`
    "function Get-Total 4-7: function Get-Total
    function Half 8-8: filter Half
    class Cart 9-13: class Cart : Base
    field Cart.$Sum 10-10: [int]$Sum = 1
    method Cart.Cart 11-11: Cart([int]$n)
    method Cart.Total 12-12: [int] Total([int]$n)
    enum Size 14-14: enum Size { Small; Large = 2 }
    field Size.Small 14-14: Small
    field Size.Large 14-14: Large = 2"
  `);
});

test('symbols of Scala', async () => {
  expect(
    await symbolsOf(
      'a.scala',
      `
package shop
// Money.
trait Money { def cents: Int; type Id = Int }
case class Cart[T](sum: Int) extends Base with Money {
  val limit = 3
  var n: Int = 1
  def total(items: List[T]): Int = { 1 }
  def cents: Int = 2
}
object Cart { def of(x: Int): Cart[Int] = new Cart(x) }
enum Size { case Small, Large }
type Id = Long
val top = 1
def main(args: Array[String]): Unit = println(1)
given ord: Ordering[Int] = ???
package object deep { def inner() = 1 }
`,
    ),
  ).toMatchInlineSnapshot(`
    "interface Money 3-3: trait Money
    method Money.cents 3-3: def cents: Int
    type Money.Id 3-3: type Id = Int
    class Cart 4-9: case class Cart[T](sum: Int) extends Base with Money
    field Cart.limit 5-5: val limit = 3
    field Cart.n 6-6: var n: Int = 1
    method Cart.total 7-7: def total(items: List[T]): Int
    method Cart.cents 8-8: def cents: Int
    module Cart 10-10: object Cart
    method Cart.of 10-10: def of(x: Int): Cart[Int]
    enum Size 11-11: enum Size
    field Size.Small 11-11: Small
    field Size.Large 11-11: Large
    type Id 12-12: type Id = Long
    constant top 13-13: val top = 1
    function main 14-14: def main(args: Array[String]): Unit
    constant ord 15-15: given ord: Ordering[Int]
    module deep 16-16: package object deep
    method deep.inner 16-16: def inner()"
  `);
});

test('symbols of Kotlin', async () => {
  expect(
    await symbolsOf(
      'a.kt',
      `
package shop
// Money.
interface Money { fun cents(): Int }
data class Cart<T>(val sum: Int, var name: String) : Base(), Money {
  val limit = 3
  override fun cents(): Int = 2
  fun total(items: List<T>): Int { val inside = 1; return 1 }
  companion object { const val MAX = 1 }
  constructor(a: Int) : this(a, "")
}
object Shop { fun open() {} }
enum class Size { SMALL, LARGE }
typealias Id = Long
const val LIMIT = 3
fun String.shout(n: Int): String = this
fun main() {}
`,
    ),
  ).toMatchInlineSnapshot(`
    "interface Money 3-3: interface Money
    method Money.cents 3-3: fun cents(): Int
    class Cart 4-10: data class Cart<T>(val sum: Int, var name: String) : Base(), Money
    field Cart.sum 4-4: val sum: Int
    field Cart.name 4-4: var name: String
    field Cart.limit 5-5: val limit = 3
    method Cart.cents 6-6: override fun cents(): Int
    method Cart.total 7-7: fun total(items: List<T>): Int
    field Cart.MAX 8-8: const val MAX = 1
    class Shop 11-11: object Shop
    method Shop.open 11-11: fun open()
    enum Size 12-12: enum class Size
    field Size.SMALL 12-12: SMALL
    field Size.LARGE 12-12: LARGE
    type Id 13-13: typealias Id = Long
    constant LIMIT 14-14: const val LIMIT = 3
    function String.shout 15-15: fun String.shout(n: Int): String
    function main 16-16: fun main()"
  `);
});

test('symbols of Elixir', async () => {
  expect(
    await symbolsOf(
      'a.ex',
      `
defmodule Shop.Cart do
  @moduledoc """
  Sells things.
  """
  @limit 3
  @type t :: %{sum: integer}
  defstruct [:sum]
  # A comment.
  @doc "Total."
  @spec total(t, integer) :: integer
  def total(cart, n \\\\ 1) do
    cart.sum + n
  end
  def total(cart), do: 1
  def many(n) when n > 1, do: n
  defp hidden, do: 1
  defmacro say(x) do
    quote do: unquote(x)
  end
  def a + b, do: a
  defmodule Deep do
    def inner, do: 1
  end
end
defprotocol Money do
  def cents(x)
end
defimpl Money, for: Shop.Cart do
  def cents(x), do: 1
end
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop.Cart 1-24: defmodule Shop.Cart
    constant Shop.Cart.limit 5-5: @limit 3
    type Shop.Cart.t 6-6: @type t :: %{sum: integer}
    function Shop.Cart.total 11-14: def total(cart, n \\\\ 1)
    function Shop.Cart.many 15-15: def many(n) when n > 1, do: n
    function Shop.Cart.hidden 16-16: defp hidden, do: 1
    function Shop.Cart.say 17-19: defmacro say(x)
    module Shop.Cart.Deep 21-23: defmodule Deep
    function Shop.Cart.Deep.inner 22-22: def inner, do: 1
    interface Money 25-27: defprotocol Money
    function Money.cents 26-26: def cents(x)
    module Money 28-30: defimpl Money, for: Shop.Cart
    function Money.cents 29-29: def cents(x), do: 1"
  `);
});

test('symbols of Haskell', async () => {
  expect(
    await symbolsOf(
      'a.hs',
      `
{-# LANGUAGE GADTs #-}
-- | Money.
module Shop.Cart (total) where

import Data.List

data Cart a = Cart { sumOf :: Int, name :: String } | Empty deriving Show
newtype Id = Id Int
type Cents = Int
class Money a where
  cents :: a -> Int
  euros :: a -> Int
  euros x = 1
instance Money (Cart a) where
  cents c = sumOf c
total :: Cart a -> Int -> Int
total Empty _ = 0
total c n =
  let x = 1 in x
limit = 3
(<+>) :: Int -> Int -> Int
a <+> b = a
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop.Cart 3-3: module Shop.Cart (total) where
    class Cart 7-7: data Cart a = Cart { sumOf :: Int, name :: String } | Empty deriving Show
    field Cart.Cart 7-7: Cart { sumOf :: Int, name :: String }
    field Cart.sumOf 7-7: sumOf :: Int
    field Cart.name 7-7: name :: String
    field Cart.Empty 7-7: Empty
    class Id 8-8: newtype Id = Id Int
    type Cents 9-9: type Cents = Int
    interface Money 10-13: class Money a where
    method Money.cents 11-11: cents :: a -> Int
    method Money.euros 12-13: euros :: a -> Int
    module Money 14-15: instance Money (Cart a) where
    method Money.cents 15-15: cents c = sumOf c
    function total 16-19: total :: Cart a -> Int -> Int
    constant limit 20-20: limit = 3
    function <+> 21-22: (<+>) :: Int -> Int -> Int"
  `);
});

test('symbols of OCaml', async () => {
  expect(
    await symbolsOf(
      'a.ml',
      `
(* Money. *)
open List
type cart = { sum : int; name : string }
type size = Small | Large of int
exception Oops of string
let limit = 3
let rec total items n =
  let inner x = x in
  inner n
and other x = x
let half = fun x -> x / 2
let () = print_endline "x"
module Deep = struct
  let inside y = y
  type t = int
end
module type MONEY = sig
  val cents : int -> int
end
module Make (M : MONEY) = struct let z = 1 end
class point x = object
  val mutable y = x
  method move d = y
end
external ext : int -> int = "x"
`,
    ),
  ).toMatchInlineSnapshot(`
    "class cart 3-3: cart
    field cart.sum 3-3: sum : int
    field cart.name 3-3: name : string
    enum size 4-4: size
    field size.Small 4-4: Small
    field size.Large 4-4: Large of int
    type Oops 5-5: exception Oops of string
    constant limit 6-6: limit
    function total 7-9: total items n
    function other 10-10: other x
    function half 11-11: half
    module Deep 13-16: module Deep = struct
    function Deep.inside 14-14: inside y
    type Deep.t 15-15: t = int
    interface MONEY 17-19: module type MONEY
    function MONEY.cents 18-18: val cents : int -> int
    module Make 20-20: module Make (M : MONEY) = struct let z = 1 end
    constant Make.z 20-20: z
    class point 21-24: class point x = object
    field point.y 22-22: val mutable y
    method point.move 23-23: method move d
    function ext 25-25: external ext : int -> int = "x""
  `);
});

test('symbols of OCaml interfaces', async () => {
  expect(
    await symbolsOf(
      'a.mli',
      `
(** Money. *)
type t = int
val total : int -> int
module Deep : sig val x : int end
`,
    ),
  ).toMatchInlineSnapshot(`
    "type t 2-2: t = int
    function total 3-3: val total : int -> int
    module Deep 4-4: module Deep : sig val x : int end
    function Deep.x 4-4: val x : int"
  `);
});

test('symbols of Lua', async () => {
  expect(
    await symbolsOf(
      'a.lua',
      `
-- Money.
local Cart = {}
LIMIT = 3
local size = 1
function Cart.new(n)
  local self = {}
  return self
end
function Cart:total(items)
  return 1
end
local function helper(a, ...)
end
Cart.load = function(x) end
local run = function() end
function main() end
return Cart
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant Cart 2-2: local Cart = {}
    constant LIMIT 3-3: LIMIT = 3
    constant size 4-4: local size = 1
    method Cart.new 5-8: function Cart.new(n)
    method Cart.total 9-11: function Cart:total(items)
    function helper 12-13: local function helper(a, ...)
    method Cart.load 14-14: Cart.load = function(x) end
    function run 15-15: run = function() end
    function main 16-16: function main() end"
  `);
});

test('symbols of Julia', async () => {
  expect(
    await symbolsOf(
      'a.jl',
      `
# Money.
module Shop
"""
A cart.
"""
struct Cart{T} <: Base
    sum::Int
    name
end
mutable struct Open
    x::Int
end
abstract type Money end
const LIMIT = 3
function total(c::Cart, n=1; deep=true)::Int
    inner(x) = x
    return 1
end
half(x) = x / 2
macro say(x)
    x
end
function Base.show(io::IO, c::Cart)
end
function twice(x::T) where T
end
end
`,
    ),
  ).toMatchInlineSnapshot(`
    "module Shop 2-27: module Shop
    class Shop.Cart 6-9: struct Cart{T} <: Base
    field Shop.Cart.sum 7-7: sum::Int
    field Shop.Cart.name 8-8: name
    class Shop.Open 10-12: mutable struct Open
    field Shop.Open.x 11-11: x::Int
    interface Shop.Money 13-13: abstract type Money end
    constant Shop.LIMIT 14-14: const LIMIT = 3
    function Shop.total 15-18: function total(c::Cart, n=1; deep=true)::Int
    function Shop.inner 16-16: inner(x) = x
    function Shop.half 19-19: half(x) = x / 2
    function Shop.say 20-22: macro say(x)
    function Shop.Base.show 23-24: function Base.show(io::IO, c::Cart)
    function Shop.twice 25-26: function twice(x::T) where T"
  `);
});

test('symbols of R', async () => {
  expect(
    await symbolsOf(
      'a.R',
      `
# Money.
limit <- 3
total <- function(items, n = 1) {
  inner <- function(x) x
  items
}
half = function(x) x / 2
short <- \\(x) x
setClass("Cart", representation(sum = "numeric"))
print.cart <- function(x, ...) cat("x")
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant limit 2-2: limit <- 3
    function total 3-6: total <- function(items, n = 1)
    function inner 4-4: inner <- function(x) x
    function half 7-7: half = function(x) x / 2
    function short 8-8: short <- \\(x) x
    class Cart 9-9: setClass("Cart", representation(sum = "numeric"))
    function print.cart 10-10: print.cart <- function(x, ...) cat("x")"
  `);
});

test('symbols of Zig', async () => {
  expect(
    await symbolsOf(
      'a.zig',
      `
//! Money.
const std = @import("std");
/// A cart.
pub const Cart = struct {
    sum: u32 = 0,
    const limit = 3;
    pub fn total(self: *Cart, n: u32) u32 {
        return n;
    }
};
const Size = enum { small, large };
const Either = union(enum) { a: u32, b };
const Oops = error{ Bad, Worse };
pub var count: u32 = 0;
pub fn main() !void {
    const inside = 1;
}
test "total adds" {
    try std.testing.expect(true);
}
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant std 2-2: const std = @import("std");
    class Cart 4-10: pub const Cart = struct
    field Cart.sum 5-5: sum: u32 = 0
    constant Cart.limit 6-6: const limit = 3;
    method Cart.total 7-9: pub fn total(self: *Cart, n: u32) u32
    enum Size 11-11: const Size = enum { small, large };
    field Size.small 11-11: small
    field Size.large 11-11: large
    class Either 12-12: const Either = union(enum) { a: u32, b };
    field Either.a 12-12: a: u32
    field Either.b 12-12: b
    enum Oops 13-13: const Oops = error{ Bad, Worse };
    constant count 14-14: pub var count: u32 = 0;
    function main 15-17: pub fn main() !void
    function total adds 18-20: test "total adds""
  `);
});

test('symbols of Solidity', async () => {
  expect(
    await symbolsOf(
      'a.sol',
      `
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
/// Money.
interface IMoney { function cents() external returns (uint); }
library Sums { function add(uint a) internal {} }
contract Cart is Base, IMoney {
  uint public sum = 1;
  uint constant LIMIT = 3;
  struct Point { uint x; uint y; }
  enum Size { Small, Large }
  event Sold(address who, uint n);
  error Oops(string s);
  modifier onlyOwner() { _; }
  constructor(uint n) {}
  function total(uint n) public view returns (uint) { return n; }
  receive() external payable {}
}
function free(uint a) pure returns (uint) { return a; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "interface IMoney 4-4: interface IMoney
    method IMoney.cents 4-4: function cents() external returns (uint);
    module Sums 5-5: library Sums
    method Sums.add 5-5: function add(uint a) internal
    class Cart 6-17: contract Cart is Base, IMoney
    field Cart.sum 7-7: uint public sum = 1;
    field Cart.LIMIT 8-8: uint constant LIMIT = 3;
    class Cart.Point 9-9: struct Point
    field Cart.Point.x 9-9: uint x;
    field Cart.Point.y 9-9: uint y;
    enum Cart.Size 10-10: enum Size
    field Cart.Size.Small 10-10: Small
    field Cart.Size.Large 10-10: Large
    type Cart.Sold 11-11: event Sold(address who, uint n);
    type Cart.Oops 12-12: error Oops(string s);
    method Cart.onlyOwner 13-13: modifier onlyOwner()
    method Cart.constructor 14-14: constructor(uint n)
    method Cart.total 15-15: function total(uint n) public view returns (uint)
    function free 18-18: function free(uint a) pure returns (uint)"
  `);
});

test('symbols of HTML', async () => {
  expect(
    await symbolsOf(
      'a.html',
      `
<!DOCTYPE html>
<html lang="en">
<!-- Money. -->
<head><title>Shop</title></head>
<body>
<h1 id="top">The shop</h1>
<main id="main" class="wide">
  <h2>Cart</h2>
  <p id="deep">Text</p>
</main>
<script id="boot">const x = 1;</script>
</body>
</html>
`,
    ),
  ).toMatchInlineSnapshot(`
    "key top 6-6: <h1 id="top">The shop</h1>
    heading The shop 6-6: <h1 id="top">The shop</h1>
    key main 7-10: <main id="main" class="wide">
    heading Cart 8-8: <h2>Cart</h2>
    key deep 9-9: <p id="deep">Text</p>
    key boot 11-11: <script id="boot">const x = 1;</script>
    constant x 11-11: const x = 1;"
  `);
});

test('symbols of Svelte', async () => {
  expect(
    await symbolsOf(
      'a.svelte',
      `
<script lang="ts">
  // Money.
  export let sum = 1;
  function total(n) { return n; }
</script>
<!-- A comment. -->
<h1 id="top">Cart</h1>
{#if sum > 1}
  <p>{sum}</p>
{:else}
  <Basket />
{/if}
{#snippet row(x)}<b>{x}</b>{/snippet}
<style>
  h1 { color: red; }
</style>
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant sum 3-3: let sum = 1;
    function total 4-4: function total(n)
    key top 7-7: <h1 id="top">Cart</h1>
    heading Cart 7-7: <h1 id="top">Cart</h1>
    function row 13-13: {#snippet row(x)}<b>{x}</b>{/snippet}
    rule h1 15-15: h1 { color: red; }"
  `);
});

test('symbols of CSS', async () => {
  expect(
    await symbolsOf(
      'a.css',
      `
/* Money. */
@import url("a.css");
:root { --gap: 4px; }
.cart, .basket > li:hover {
  color: red;
}
@media (max-width: 600px) {
  .cart { color: blue; }
}
@keyframes spin { from { top: 0 } to { top: 1px } }
#main .deep::before { content: "x"; }
@font-face { font-family: X; }
`,
    ),
  ).toMatchInlineSnapshot(`
    "rule :root 3-3: :root { --gap: 4px; }
    key --gap 3-3: --gap: 4px;
    rule .cart, .basket > li:hover 4-6: .cart, .basket > li:hover
    rule .cart 8-8: .cart { color: blue; }
    rule spin 10-10: @keyframes spin { from { top: 0 } to { top: 1px } }
    rule #main .deep::before 11-11: #main .deep::before { content: "x"; }"
  `);
});

test('symbols of JSON', async () => {
  expect(
    await symbolsOf(
      'a.json',
      `
{
  "name": "shop",
  "scripts": {
    "build": "x"
  },
  "list": [{ "deep": 1 }]
}
`,
    ),
  ).toMatchInlineSnapshot(`
    "key name 2-2: "name": "shop"
    key scripts 3-5: "scripts":
    key list 6-6: "list": [{ "deep": 1 }]"
  `);
});

test('symbols of YAML', async () => {
  expect(
    await symbolsOf(
      'a.yaml',
      `
# Money.
name: shop
on:
  push:
    branches: [main]
"jobs":
  build:
    steps:
      - run: x
---
second: 1
`,
    ),
  ).toMatchInlineSnapshot(`
    "key name 2-2: name: shop
    key on 3-5: on
    key jobs 6-9: "jobs"
    key second 11-11: second: 1"
  `);
});

test('symbols of TOML', async () => {
  expect(
    await symbolsOf(
      'a.toml',
      `
# Money.
name = "shop"
a.b = 1
[package]
version = "1"
[tool.deep]
x = 1
[[bin]]
name = "y"
`,
    ),
  ).toMatchInlineSnapshot(`
    "key name 2-2: name = "shop"
    key a.b 3-3: a.b = 1
    key package 4-5: [package]
    key tool.deep 6-7: [tool.deep]
    key bin 8-9: [[bin]]"
  `);
});

test('symbols of INI files', async () => {
  expect(
    await symbolsOf(
      'a.ini',
      `
; Money.
[shop]
name = x
[cart.deep]
sum = 1
`,
    ),
  ).toMatchInlineSnapshot(`
    "key shop 2-3: [shop]
    key cart.deep 4-5: [cart.deep]"
  `);
});

test('symbols of Terraform', async () => {
  expect(
    await symbolsOf(
      'a.tf',
      `
# Money.
resource "aws_s3_bucket" "cart" {
  bucket = "x"
  versioning {
    enabled = true
  }
}
variable "size" { default = 1 }
locals {
  a = 1
}
name = "x"
`,
    ),
  ).toMatchInlineSnapshot(`
    "key resource.aws_s3_bucket.cart 2-7: resource "aws_s3_bucket" "cart"
    key variable.size 8-8: variable "size" { default = 1 }
    key locals 9-11: locals
    key name 12-12: name = "x""
  `);
});
test('symbols of Vue', async () => {
  expect(
    await symbolsOf(
      'a.vue',
      `
<template>
  <h1>Cart</h1>
</template>
<script setup lang="ts">
// Money.
const sum = ref<number>(1);
function total(n: number): number { return n; }
</script>
<style scoped>
.cart { color: red; }
</style>
`,
    ),
  ).toMatchInlineSnapshot(`
    "heading Cart 2-2: <h1>Cart</h1>
    constant sum 6-6: const sum = ref<number>(1);
    function total 7-7: function total(n: number): number
    rule .cart 10-10: .cart { color: red; }"
  `);
});

test('a script in a page is cut between its functions', async () => {
  const filler = many(20, '  b -= # * 1000; // nothing to see on this line');
  const { chunks } = await parse(
    'a.svelte',
    `<script>\nfunction first() {\n${filler}\n}\nfunction second() {\n${filler}\n}\n</script>\n<p>{first()}</p>\n`,
  );
  expect(chunks.map(({ startLine, symbol }) => `${startLine} ${symbol}`)).toEqual(['1 first', '24 second']);
  // The parser that read a part reads a whole again.
  expect(await symbolsOf('a.ts', `\n${many(30, '')}\nfunction a() {}`)).toBe('function a 31-31: function a()');
});

test('a language cut by its grammar has an example', async () => {
  const tests = ['chunk', 'languages'].map((name) =>
    readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8'),
  );
  for (const { cut, id, extensions } of LANGUAGES)
    if (cut.by === 'syntax' && id !== 'javascriptreact')
      expect(
        tests.some((text) => extensions.some((ending) => new RegExp(`'a\\.${ending}'`, 'i').test(text))),
        id,
      ).toBe(true);
});

test('a definition is qualified by the type that its text names, or that stands around it', async () => {
  const qualified = async (path: string, text: string) =>
    (await parse(path, text)).symbols.map((symbol) => symbol.qualified);
  expect(
    await qualified(
      'a.go',
      'package a\nfunc (Cart) A() {}\nfunc (c Cart[K, V]) B() {}\nfunc (c *Cart[K]) C() {}\nfunc D() {}\n',
    ),
  ).toEqual(['Cart.A', 'Cart.B', 'Cart.C', 'D']);
  expect(
    await qualified(
      'a.rs',
      'impl fmt::Display for a::Cart<u8> { fn a() {} }\nimpl<T> Money for &Cart<T> { fn b() {} }\n',
    ),
  ).toEqual(['Cart', 'Cart.a', 'Cart', 'Cart.b']);
  expect(
    await qualified(
      'a.cpp',
      'int shop::Cart<T>::total() { return 1; }\nCart::~Cart() {}\nnamespace a::b { char *Cart::name() { return 0; } }\n',
    ),
  ).toEqual(['shop.Cart.total', 'Cart.~Cart', 'a.b', 'a.b.Cart.name']);
  // Neighbours on one line do not hold each other.
  expect(await qualified('a.ts', 'class A { x() {} } class B { y() {} }\n')).toEqual(['A', 'A.x', 'B', 'B.y']);
});

test('equations and clauses of one function are one definition, and far ones are their own', async () => {
  const { symbols } = await parse('a.ex', 'def one(1), do: 1\ndef one(n), do: n\n\n\n\n\ndef one(n, m), do: n\n');
  expect(symbols.map(({ name, startLine, endLine }) => `${name} ${startLine}-${endLine}`)).toEqual([
    'one 1-2',
    'one 7-7',
  ]);
});

test('a data file has no more symbols than a reader would look through', async () => {
  const { symbols } = await parse('a.json', `{\n${many(5000, '"key #": #,')}\n"last": 1 }\n`);
  expect(symbols).toHaveLength(200);
});

test('a long data file is parsed and cut in good time', async () => {
  const { notes } = await parse('a.json', `[${'[1, 2, "three"],\n'.repeat(60_000)}1]\n`, 5000);
  expect(notes).toEqual([]);
});

test('a file without a name ending has the language of its first line', () => {
  const of = (path: string, line: string) => languageOf(path, line).id;
  expect(of('bin/run', '#!/usr/bin/env python3')).toBe('python');
  expect(of('bin/run', '#!/usr/bin/env -S A=1 python3.12 -u')).toBe('python');
  expect(of('bin/run', '#!/bin/sh -e')).toBe('shellscript');
  expect(of('bin/run', '#! /usr/local/bin/node')).toBe('javascript');
  expect(of('.hook', '#!/usr/bin/Rscript --vanilla')).toBe('r');
  expect(of('bin/run', '#!/usr/bin/env')).toBe('plaintext');
  expect(of('bin/run', '#!')).toBe('plaintext');
  expect(of('bin/run', 'python')).toBe('plaintext');
  expect(of('run.ts', '#!/usr/bin/env python3')).toBe('typescript');
  expect(of('run.unknown', '#!/usr/bin/env python3')).toBe('plaintext');
  expect(of('Makefile', '#!/bin/sh')).toBe('makefile');
});

test('a documentation string stays with what it documents', async () => {
  const filler = many(22, '    x += # # nothing to see on this line, nor the next');
  const { chunks } = await parse(
    'a.jl',
    `function first()\n${filler}\nend\n"""\nTells of the second.\n"""\nfunction second()\n${filler}\nend\n`,
  );
  expect(chunks.map(({ startLine, symbol }) => `${startLine} ${symbol}`)).toEqual(['1 first', '25 second']);
});
