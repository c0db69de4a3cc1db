; What is a definition in C#.
(comment) @comment

(namespace_declaration name: (_) @name) @definition.module
(file_scoped_namespace_declaration name: (_) @name) @definition.module
(class_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.field
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name) @definition.function
(property_declaration name: (identifier) @name) @definition.field
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field

; What it refers to.
(invocation_expression function: [
  (identifier) @reference.call
  (generic_name (identifier) @reference.call)
  (member_access_expression name: [(identifier) @reference.call (generic_name (identifier) @reference.call)])
  (conditional_access_expression (member_binding_expression name: [(identifier) @reference.call (generic_name (identifier) @reference.call)]))
])
(object_creation_expression type: [
  (identifier) @reference.call
  (generic_name (identifier) @reference.call)
  (qualified_name name: [(identifier) @reference.call (generic_name (identifier) @reference.call)])
])
(base_list [(identifier) @reference.type (generic_name (identifier) @reference.type)])
(parameter type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
(variable_declaration type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
(method_declaration returns: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
(attribute name: (identifier) @reference.type)

; What it imports.
(using_directive) @import
