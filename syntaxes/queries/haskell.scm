; What is a definition in Haskell. A signature and the equations after it are one definition.
(comment) @comment
(haddock) @comment @prefix
(signature) @prefix

(header module: (module) @name) @definition.module
(data_type name: (name) @name) @definition.class
(newtype name: (name) @name) @definition.class
(type_synomym name: (name) @name) @definition.type
(class name: (name) @name) @definition.interface
(instance name: (name) @name) @definition.module
(data_constructor (_ name: (constructor) @name)) @definition.field
(gadt_constructor name: (constructor) @name) @definition.field
(field name: (field_name (variable) @name)) @definition.field
(declarations (signature name: [(variable) @name (prefix_id (operator) @name)] type: (name)) @definition.constant @clause)
(declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @definition.function @clause)
(declarations (function name: [(variable) @name (prefix_id (operator) @name)]) @definition.function @clause)
(declarations (bind name: [(variable) @name (prefix_id (operator) @name)]) @definition.constant @clause)
(declarations (function (infix operator: (_) @name)) @definition.function @clause)
(class_declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @definition.method @clause)
(class_declarations (function name: [(variable) @name (prefix_id (operator) @name)]) @definition.method @clause)
(instance_declarations (function name: [(variable) @name (prefix_id (operator) @name)]) @definition.method @clause)
(instance_declarations (bind name: [(variable) @name (prefix_id (operator) @name)]) @definition.method @clause)

; What it refers to.
(apply function: [(variable) @reference.call (qualified id: (variable) @reference.call)])
(infix operator: (infix_id (variable) @reference.call))
(infix left_operand: (variable) @reference.call operator: (operator) @_dot (#any-of? @_dot "." "$" "<$>"))

; What it imports.
(import module: (module) @import)
(import module: (module) @import names: (import_list name: (import_name variable: (variable) @import.name)))
