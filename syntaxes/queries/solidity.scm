; What is a definition in Solidity. Patterns go from the special to the general.
(comment) @comment

(contract_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(library_declaration name: (identifier) @name) @definition.module
(struct_declaration name: (identifier) @name) @definition.class
(struct_member name: (identifier) @name) @definition.field
(enum_declaration name: (identifier) @name) @definition.enum
(enum_value) @name @definition.field
(event_definition name: (identifier) @name) @definition.type
(error_declaration name: (identifier) @name) @definition.type
(modifier_definition name: (identifier) @name) @definition.method
(contract_body (function_definition name: (identifier) @name) @definition.method)
(function_definition name: (identifier) @name) @definition.function
(constructor_definition "constructor" @name) @definition.method
(state_variable_declaration name: (identifier) @name) @definition.field
(constant_variable_declaration name: (identifier) @name) @definition.constant

; What it refers to.
(call_expression function: (expression [(identifier) @reference.call (member_expression property: (identifier) @reference.call)]))
(new_expression name: (type_name (user_defined_type (identifier) @reference.call .)))
(emit_statement name: (expression (identifier) @reference.call))
(revert_statement error: (expression (identifier) @reference.call))
(modifier_invocation (identifier) @reference.call)
(user_defined_type (identifier) @reference.type .)

; What it imports.
(import_directive source: (string) @import)
(import_directive import_name: (identifier) @import.name source: (string) @import)
