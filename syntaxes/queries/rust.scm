; What is a definition in Rust.
(line_comment) @comment
(block_comment) @comment

(struct_item name: (type_identifier) @name) @definition.class
(union_item name: (type_identifier) @name) @definition.class
(enum_item name: (type_identifier) @name) @definition.enum
(enum_variant name: (identifier) @name) @definition.field
(trait_item name: (type_identifier) @name) @definition.interface
(type_item name: (type_identifier) @name) @definition.type
(impl_item type: (type_identifier) @name) @definition.module
(impl_item type: (generic_type type: (type_identifier) @name)) @definition.module
(impl_item type: (scoped_type_identifier name: (type_identifier) @name)) @definition.module
(impl_item type: (generic_type type: (scoped_type_identifier name: (type_identifier) @name))) @definition.module
(impl_item type: (reference_type type: (type_identifier) @name)) @definition.module
(impl_item type: (reference_type type: (generic_type type: (type_identifier) @name))) @definition.module
(mod_item name: (identifier) @name) @definition.module
(impl_item body: (declaration_list (function_item name: (identifier) @name) @definition.method))
(trait_item body: (declaration_list (function_item name: (identifier) @name) @definition.method))
(trait_item body: (declaration_list (function_signature_item name: (identifier) @name) @definition.method))
(function_item name: (identifier) @name) @definition.function
(macro_definition name: (identifier) @name) @definition.function
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.constant
(field_declaration name: (field_identifier) @name) @definition.field

; What it refers to.
(call_expression function: [
  (identifier) @reference.call
  (scoped_identifier name: (identifier) @reference.call)
  (field_expression field: (field_identifier) @reference.call)
  (generic_function function: [
    (identifier) @reference.call
    (scoped_identifier name: (identifier) @reference.call)
    (field_expression field: (field_identifier) @reference.call)
  ])
])
(macro_invocation macro: [(identifier) @reference.call (scoped_identifier name: (identifier) @reference.call)])
; What a macro is given is not parsed: a name with parentheses right after it is a call.
(token_tree (identifier) @reference.call . (token_tree) @adjacent)
(struct_expression name: [(type_identifier) @reference.call (scoped_type_identifier name: (type_identifier) @reference.call)])
(type_identifier) @reference.type

; What it imports.
(use_declaration) @import
(mod_item !body) @import
