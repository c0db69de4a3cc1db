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
