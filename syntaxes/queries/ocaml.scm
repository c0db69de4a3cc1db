; What is a definition in OCaml. Patterns go from the special to the general.
(comment) @comment

(type_definition (type_binding name: (type_constructor) @name body: (variant_declaration)) @definition.enum)
(type_definition (type_binding name: (type_constructor) @name body: (record_declaration)) @definition.class)
(type_definition (type_binding name: (_) @name) @definition.type)
(exception_definition (constructor_declaration (constructor_name) @name)) @definition.type
(constructor_declaration (constructor_name) @name) @definition.field
(field_declaration (field_name) @name) @definition.field
(module_definition (module_binding (module_name) @name)) @definition.module
(module_type_definition . (module_type_name) @name) @definition.interface
(class_definition (class_binding (class_name) @name)) @definition.class
(value_specification (value_name) @name) @definition.function
(external (value_name) @name) @definition.function
(method_definition (method_name) @name) @definition.method
(instance_variable_definition (instance_variable_name) @name) @definition.field
(compilation_unit (value_definition (let_binding pattern: (value_name) @name (parameter)) @definition.function))
(structure (value_definition (let_binding pattern: (value_name) @name (parameter)) @definition.function))
(compilation_unit (value_definition (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)]) @definition.function))
(structure (value_definition (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)]) @definition.function))
(compilation_unit (value_definition (let_binding pattern: (value_name) @name) @definition.constant))
(structure (value_definition (let_binding pattern: (value_name) @name) @definition.constant))
