; What is a definition in Zig. A type is a constant whose value is a declaration.
(comment) @comment

(variable_declaration (identifier) @name (struct_declaration)) @definition.class
(variable_declaration (identifier) @name (opaque_declaration)) @definition.class
(variable_declaration (identifier) @name (union_declaration)) @definition.class
(variable_declaration (identifier) @name (enum_declaration)) @definition.enum
(variable_declaration (identifier) @name (error_set_declaration)) @definition.enum
(struct_declaration (function_declaration name: (identifier) @name) @definition.method)
(enum_declaration (function_declaration name: (identifier) @name) @definition.method)
(union_declaration (function_declaration name: (identifier) @name) @definition.method)
(function_declaration name: (identifier) @name) @definition.function
(container_field name: (identifier) @name) @definition.field
(test_declaration (string (string_content) @name)) @definition.function
(source_file (variable_declaration . (identifier) @name) @definition.constant)
(struct_declaration (variable_declaration . (identifier) @name) @definition.constant)

; What it refers to.
(call_expression function: [(identifier) @reference.call (field_expression member: (identifier) @reference.call)])
(struct_initializer . [(identifier) @reference.call (field_expression member: (identifier) @reference.call)])
(parameter type: (identifier) @reference.type)

; What it imports.
((builtin_function (builtin_identifier) @_import (arguments (string (string_content) @import))) (#eq? @_import "@import"))
