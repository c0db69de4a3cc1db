; What is a definition in a shell script.
(comment) @comment

(function_definition name: (word) @name) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.constant)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.constant)

; What it refers to.
(command name: (command_name (word) @reference.call))

; What it imports.
((command name: (command_name (word) @_source) . argument: (_) @import) (#any-of? @_source "source" "."))
