[
  "abstract" "as" "async" "await" "base" "break" "case" "catch" "checked" "class" "const" "continue" "default"
  "delegate" "do" "else" "enum" "event" "explicit" "extern" "finally" "fixed" "for" "foreach" "from" "get" "global" "goto"
  "if" "implicit" "in" "init" "interface" "internal" "is" "let" "lock" "namespace" "new" "notnull" "operator" "orderby"
  "out" "override" "params" "partial" "private" "protected" "public" "readonly" "record" "ref" "required" "return"
  "sealed" "select" "set" "sizeof" "stackalloc" "static" "struct" "switch" "this" "throw" "try" "typeof" "unchecked"
  "unsafe" "using" "var" "virtual" "volatile" "when" "where" "while" "with" "yield" "not" "and" "or"
] @keyword

["#if" "#endif" "#else" "#elif" "#region" "#endregion" "#pragma" "#nullable" "#define" "#undef" "#error" "#warning"] @keyword

(comment) @comment
[(string_literal) (verbatim_string_literal) (raw_string_literal) (character_literal)] @string
[(string_content) (interpolation_quote) (escape_sequence)] @string
(interpolated_string_expression) @string
(interpolation) @embedded
[(integer_literal) (real_literal)] @number
[(boolean_literal) (null_literal)] @constant
(predefined_type) @type
(implicit_type) @keyword
(modifier) @keyword

(class_declaration name: (identifier) @type)
(struct_declaration name: (identifier) @type)
(record_declaration name: (identifier) @type)
(interface_declaration name: (identifier) @type)
(enum_declaration name: (identifier) @type)
(delegate_declaration name: (identifier) @type)
(type_parameter name: (identifier) @type)
(base_list (identifier) @type)
(generic_name (identifier) @type)
(type_argument_list (identifier) @type)
(object_creation_expression type: (identifier) @type)
(variable_declaration type: (identifier) @type)
(parameter type: (identifier) @type)
(property_declaration type: (identifier) @type)
(method_declaration returns: (identifier) @type)
(nullable_type type: (identifier) @type)
(array_type type: (identifier) @type)
(cast_expression type: (identifier) @type)
(catch_declaration type: (identifier) @type)
(namespace_declaration name: (_) @namespace)
(file_scoped_namespace_declaration name: (_) @namespace)
(using_directive (_) @namespace)
(attribute name: (_) @attribute)
(enum_member_declaration name: (identifier) @constant)

(method_declaration name: (identifier) @function)
(local_function_statement name: (identifier) @function)
(constructor_declaration name: (identifier) @function)
(invocation_expression function: (identifier) @function)
(invocation_expression function: (generic_name (identifier) @function))
(invocation_expression function: (member_access_expression name: (identifier) @function))
(invocation_expression function: (member_access_expression name: (generic_name (identifier) @function)))
(property_declaration name: (identifier) @property)
(member_access_expression name: (identifier) @property)
(parameter name: (identifier) @variable.parameter)
