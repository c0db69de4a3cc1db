; C++, beside what the grammar of C ships.

[
  "and" "bitand" "bitor" "catch" "class" "co_await" "co_return" "co_yield" "compl" "concept" "consteval" "constinit"
  "constexpr" "decltype" "delete" "explicit" "export" "final" "friend" "import" "module" "mutable" "namespace" "new"
  "noexcept" "not" "not_eq" "operator" "or" "override" "private" "protected" "public" "requires" "static_assert"
  "template" "thread_local" "throw" "try" "typename" "using" "virtual" "xor"
] @keyword

[(this) (auto)] @keyword
["nullptr" "NULL"] @constant
[(true) (false)] @constant
(raw_string_literal) @string
(char_literal) @string
(user_defined_literal) @number

(namespace_identifier) @namespace
(type_identifier) @type
(class_specifier name: (type_identifier) @type)
(function_declarator declarator: (field_identifier) @function)
(function_declarator declarator: (qualified_identifier name: (identifier) @function))
(function_declarator declarator: (qualified_identifier name: (destructor_name) @function))
(function_declarator declarator: (destructor_name) @function)
(call_expression function: (qualified_identifier name: (identifier) @function))
(call_expression function: (field_expression field: (field_identifier) @function))
(call_expression function: (template_function name: (identifier) @function))
(template_method name: (field_identifier) @function)
(attribute name: (identifier) @attribute)
(parameter_declaration declarator: (identifier) @variable.parameter)
(parameter_declaration declarator: (reference_declarator (identifier) @variable.parameter))
(parameter_declaration declarator: (pointer_declarator declarator: (identifier) @variable.parameter))
(optional_parameter_declaration declarator: (identifier) @variable.parameter)
