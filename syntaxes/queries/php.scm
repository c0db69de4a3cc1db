; What is a definition in PHP.
(comment) @comment

(namespace_definition name: (namespace_name) @name) @definition.module
(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.class
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.field
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(property_element name: (variable_name (name) @name)) @definition.field
(property_promotion_parameter name: (variable_name (name) @name)) @definition.field
(const_element . (name) @name) @definition.constant

; What it refers to.
(function_call_expression function: [(name) @reference.call (qualified_name (name) @reference.call .)])
(member_call_expression name: (name) @reference.call)
(nullsafe_member_call_expression name: (name) @reference.call)
(scoped_call_expression name: (name) @reference.call)
(scoped_call_expression scope: [(name) @reference.type (qualified_name (name) @reference.type .)])
(object_creation_expression [(name) @reference.call (qualified_name (name) @reference.call .)])
(base_clause [(name) @reference.type (qualified_name (name) @reference.type .)])
(class_interface_clause [(name) @reference.type (qualified_name (name) @reference.type .)])
(use_declaration [(name) @reference.type (qualified_name (name) @reference.type .)])
(named_type [(name) @reference.type (qualified_name (name) @reference.type .)])

; What it imports.
(namespace_use_declaration) @import
(require_expression) @import
(require_once_expression) @import
(include_expression) @import
(include_once_expression) @import
