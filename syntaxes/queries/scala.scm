; What is a definition in Scala. Patterns go from the special to the general.
[(comment) (block_comment)] @comment

(trait_definition name: (_) @name) @definition.interface
(class_definition name: (_) @name) @definition.class
(object_definition name: (_) @name) @definition.module
(package_object name: (_) @name) @definition.module
(enum_definition name: (_) @name) @definition.enum
(simple_enum_case name: (_) @name) @definition.field
(full_enum_case name: (_) @name) @definition.field
(type_definition name: (_) @name) @definition.type
(template_body (function_definition name: (_) @name) @definition.method)
(template_body (function_declaration name: (_) @name) @definition.method)
(function_definition name: (_) @name) @definition.function
(function_declaration name: (_) @name) @definition.function
(given_definition name: (_) @name) @definition.constant
(template_body (val_definition pattern: (identifier) @name) @definition.field)
(template_body (var_definition pattern: (identifier) @name) @definition.field)
(template_body (val_declaration name: (identifier) @name) @definition.field)
(compilation_unit (val_definition pattern: (identifier) @name) @definition.constant)
(compilation_unit (var_definition pattern: (identifier) @name) @definition.constant)

; What it refers to.
(call_expression function: [
  (identifier) @reference.call
  (field_expression field: (identifier) @reference.call)
  (generic_function function: [(identifier) @reference.call (field_expression field: (identifier) @reference.call)])
])
(instance_expression [(type_identifier) @reference.call (generic_type type: (type_identifier) @reference.call)])
(infix_expression operator: (identifier) @reference.call)
(type_identifier) @reference.type

; What it imports.
(import_declaration) @import
