[
  "as" "by" "catch" "class" "companion" "constructor" "do" "else" "finally" "for" "fun" "if" "import" "in" "init"
  "interface" "is" "object" "package" "return" "super" "this" "throw" "try" "typealias" "val" "var" "when" "where" "while"
] @keyword

[
  (class_modifier) (function_modifier) (property_modifier) (visibility_modifier) (inheritance_modifier) (member_modifier)
  (parameter_modifier) (platform_modifier) (variance_modifier) (reification_modifier)
] @keyword

[(line_comment) (block_comment) (shebang)] @comment
[(string_literal) (multiline_string_literal) (character_literal)] @string
(escape_sequence) @escape
(interpolation) @embedded
[(number_literal) (float_literal)] @number
((identifier) @constant
  (#match? @constant "^(null|true|false)$"))
(user_type (identifier) @type)
(class_declaration name: (identifier) @type)
(object_declaration name: (identifier) @type)
(type_parameter (identifier) @type)
(enum_entry (identifier) @constant)
(annotation) @attribute
(qualified_identifier (identifier) @namespace)
(function_declaration name: (identifier) @function)
(call_expression . (identifier) @function)
(call_expression . (navigation_expression (identifier) @function .))
(parameter (identifier) @variable.parameter)
(class_parameter (identifier) @variable.parameter)
(lambda_parameters (variable_declaration (identifier) @variable.parameter))
