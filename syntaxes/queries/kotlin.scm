; What is a definition in Kotlin. Patterns go from the special to the general.
[(line_comment) (block_comment)] @comment

(class_declaration "interface" name: (identifier) @name) @definition.interface
(class_declaration name: (identifier) @name (enum_class_body)) @definition.enum
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(companion_object name: (identifier) @name) @definition.class
(enum_entry . (identifier) @name) @definition.field
(type_alias type: (identifier) @name) @definition.type
(class_body (function_declaration name: (identifier) @name) @definition.method)
(enum_class_body (function_declaration name: (identifier) @name) @definition.method)
; A function on a type that stands elsewhere is qualified by it.
(function_declaration (user_type (identifier) @container) . name: (identifier) @name) @definition.function
(function_declaration name: (identifier) @name) @definition.function
(class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.field)
(class_parameter ["val" "var"] (identifier) @name) @definition.field
(source_file (property_declaration (variable_declaration . (identifier) @name)) @definition.constant)

; What it refers to.
(call_expression . [(identifier) @reference.call (navigation_expression (identifier) @reference.call .)])
(constructor_invocation (user_type (identifier) @reference.call .))
(user_type (identifier) @reference.type .)

; What it imports.
(import) @import
