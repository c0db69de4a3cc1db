; What is a definition in PowerShell.
(comment) @comment

(function_statement (function_name) @name) @definition.function
(class_statement . (simple_name) @name) @definition.class
(class_method_definition (simple_name) @name) @definition.method
(class_property_definition (variable) @name) @definition.field
(enum_statement . (simple_name) @name) @definition.enum
(enum_member . (simple_name) @name) @definition.field

; What it refers to.
(command command_name: [(command_name) @reference.call (command_name_expr (command_name) @reference.call)])
(member_name (simple_name) @reference.call)

; What it imports.
((command command_name: (command_name) @_import command_elements: (command_elements (generic_token) @import))
  (#any-of? @_import "using" "Import-Module"))
((command (command_invokation_operator) @_dot command_name: (command_name_expr) @import) (#eq? @_dot "."))
