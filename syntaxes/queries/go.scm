; What is a definition in Go.
(comment) @comment

(function_declaration name: (identifier) @name) @definition.function
; A method stands outside its type: the receiver names the container.
(method_declaration receiver: (parameter_list (parameter_declaration type: (type_identifier) @container)) name: (field_identifier) @name) @definition.method
(method_declaration receiver: (parameter_list (parameter_declaration type: (pointer_type (type_identifier) @container))) name: (field_identifier) @name) @definition.method
(method_declaration receiver: (parameter_list (parameter_declaration type: (generic_type type: (type_identifier) @container))) name: (field_identifier) @name) @definition.method
(method_declaration receiver: (parameter_list (parameter_declaration type: (pointer_type (generic_type type: (type_identifier) @container)))) name: (field_identifier) @name) @definition.method
(method_declaration name: (field_identifier) @name) @definition.method
(type_declaration (type_spec name: (type_identifier) @name type: (struct_type))) @definition.class
(type_declaration (type_spec name: (type_identifier) @name type: (interface_type))) @definition.interface
(type_declaration (type_spec name: (type_identifier) @name)) @definition.type
(type_declaration (type_alias name: (type_identifier) @name)) @definition.type
(method_elem name: (field_identifier) @name) @definition.method
(field_declaration name: (field_identifier) @name) @definition.field
(source_file (const_declaration (const_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.constant)))

; What it refers to.
(call_expression function: [(identifier) @reference.call (selector_expression field: (field_identifier) @reference.call)])
(type_conversion_expression type: (generic_type type: [(type_identifier) @reference.call (qualified_type name: (type_identifier) @reference.call)]))
(composite_literal type: [
  (type_identifier) @reference.call
  (qualified_type name: (type_identifier) @reference.call)
  (generic_type type: (type_identifier) @reference.call)
])
(type_identifier) @reference.type

; What it imports.
(import_spec path: (_) @import)
