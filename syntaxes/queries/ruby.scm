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
