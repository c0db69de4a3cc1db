; What is a definition in Ruby. Patterns go from the special to the general.
(comment) @comment

(module name: (constant) @name) @definition.module
(module name: (scope_resolution scope: (_) @container name: (constant) @name)) @definition.module
(class name: (constant) @name) @definition.class
(class name: (scope_resolution scope: (_) @container name: (constant) @name)) @definition.class
(program (method name: (_) @name) @definition.function)
(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(assignment left: (constant) @name) @definition.constant
((call method: (identifier) @_attribute arguments: (argument_list (simple_symbol) @name)) @definition.field
  (#any-of? @_attribute "attr_reader" "attr_writer" "attr_accessor"))

; What it refers to. A bare word may be a variable as well and is no call.
(call method: [(identifier) (constant)] @reference.call)
((call receiver: [(constant) @reference.call (scope_resolution name: (constant) @reference.call)] method: (identifier) @_new) (#eq? @_new "new"))
(superclass [(constant) @reference.type (scope_resolution name: (constant) @reference.type)])
((call method: (identifier) @_mix arguments: (argument_list [(constant) @reference.type (scope_resolution name: (constant) @reference.type)]))
  (#any-of? @_mix "include" "extend" "prepend"))

; What it imports.
((call method: (identifier) @_require arguments: (argument_list (string))) @import
  (#any-of? @_require "require" "require_relative" "load" "autoload"))
