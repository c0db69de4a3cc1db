; What is a definition in Python. A documentation string counts as a comment.
(comment) @comment
(module . (expression_statement (string) @comment))
(block . (expression_statement (string) @comment))

(class_definition name: (identifier) @name) @definition.class
(class_definition body: (block (function_definition name: (identifier) @name) @definition.method))
(class_definition body: (block (decorated_definition (function_definition name: (identifier) @name)) @definition.method))
(function_definition name: (identifier) @name) @definition.function
(module (expression_statement (assignment left: (identifier) @name)) @definition.constant)
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @definition.field))

; What it refers to.
(call function: [(identifier) @reference.call (attribute attribute: (identifier) @reference.call)])
(decorator [(identifier) @reference.call (attribute attribute: (identifier) @reference.call)])
(class_definition superclasses: (argument_list [(identifier) @reference.type (attribute attribute: (identifier) @reference.type)]))
(type [
  (identifier) @reference.type
  (attribute attribute: (identifier) @reference.type)
  (generic_type (identifier) @reference.type)
  (binary_operator [(identifier) @reference.type (attribute attribute: (identifier) @reference.type)])
])

; What it imports.
(import_statement name: [(dotted_name) @import (aliased_import name: (dotted_name) @import)])
(import_from_statement module_name: (_) @import)
(import_from_statement module_name: (_) @import name: [
  (dotted_name) @import.name
  (aliased_import name: (dotted_name) @import.name alias: (identifier) @import.alias)
])
