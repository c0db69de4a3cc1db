; What is a definition in Elixir. Everything is a call; the clauses of one function are one definition.
(comment) @comment
((unary_operator operand: (call target: (identifier) @_attribute (arguments (string) @comment)))
  (#any-of? @_attribute "doc" "moduledoc" "typedoc"))
((unary_operator operand: (call target: (identifier) @_attribute)) @prefix
  (#any-of? @_attribute "doc" "typedoc" "spec" "impl" "deprecated"))

((call target: (identifier) @_word (arguments . (alias) @name)) @definition.module (#any-of? @_word "defmodule" "defimpl"))
((call target: (identifier) @_word (arguments . (alias) @name)) @definition.interface (#eq? @_word "defprotocol"))
((call target: (identifier) @_word (arguments . [
    (identifier) @name
    (call target: (identifier) @name)
    (binary_operator left: (call target: (identifier) @name) operator: "when")
    (binary_operator left: (identifier) @name operator: "when")
  ])) @definition.function @clause
  (#any-of? @_word "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate"))
((unary_operator operand: (call target: (identifier) @_attribute (arguments (binary_operator left: [
    (identifier) @name
    (call target: (identifier) @name)
  ])))) @definition.type
  (#any-of? @_attribute "type" "typep" "opaque"))
((do_block (unary_operator operand: (call target: (identifier) @name)) @definition.constant)
  (#not-any-of? @name "doc" "moduledoc" "typedoc" "spec" "type" "typep" "opaque" "impl" "deprecated" "callback" "macrocallback" "behaviour" "dialyzer" "derive" "enforce_keys" "external_resource" "before_compile" "after_compile" "on_load" "compile" "tag" "moduletag" "since"))

; What it refers to.
((call target: (identifier) @reference.call)
  (#not-any-of? @reference.call "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defmodule" "defimpl" "defprotocol" "defstruct" "alias" "import" "use" "require" "if" "unless" "case" "cond" "with" "for" "fn" "quote" "unquote"))
(call target: (dot right: (identifier) @reference.call))
(struct (alias) @reference.type)

; What it imports.
((call target: (identifier) @_word (arguments . [(alias) (dot)] @import)) (#any-of? @_word "alias" "import" "use" "require"))
