; What is a definition in Julia. A string before a definition documents it.
[(line_comment) (block_comment)] @comment
(source_file (string_literal) @comment @prefix)
(module_definition (string_literal) @comment @prefix)

(module_definition name: (identifier) @name) @definition.module
(struct_definition (type_head (identifier) @name)) @definition.class
(struct_definition (type_head (parametrized_type_expression . (identifier) @name))) @definition.class
(struct_definition (type_head (binary_expression . (identifier) @name))) @definition.class
(struct_definition (type_head (binary_expression . (parametrized_type_expression . (identifier) @name)))) @definition.class
(struct_definition (identifier) @name @definition.field)
(struct_definition (typed_expression . (identifier) @name) @definition.field)
(abstract_definition (type_head (identifier) @name)) @definition.interface
(abstract_definition (type_head (binary_expression . (identifier) @name))) @definition.interface
(function_definition (signature [
  (call_expression . (identifier) @name)
  (call_expression . (field_expression value: (_) @container (identifier) @name))
  (typed_expression . (call_expression . (identifier) @name))
  (where_expression . (call_expression . (identifier) @name))
  (where_expression . (call_expression . (field_expression value: (_) @container (identifier) @name)))
  (where_expression . (typed_expression . (call_expression . (identifier) @name)))
])) @definition.function
(assignment . (call_expression . (identifier) @name)) @definition.function
(macro_definition (signature (call_expression . (identifier) @name))) @definition.function
(const_statement (assignment . (identifier) @name)) @definition.constant
