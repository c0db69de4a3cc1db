[
  "begin" "break" "catch" "continue" "data" "do" "dynamicparam" "else" "elseif" "end" "exit" "filter" "finally" "for"
  "foreach" "function" "if" "in" "inlinescript" "parallel" "param" "process" "return" "sequence" "switch" "throw" "trap"
  "try" "until" "while" "workflow"
] @keyword

(comment) @comment
(string_literal) @string
(sub_expression) @embedded
[(integer_literal) (real_literal)] @number
(variable) @variable.parameter
((variable) @constant
  (#match? @constant "^\\$([Tt]rue|[Ff]alse|[Nn]ull)$"))
(function_name) @function
(command_name) @function
(type_literal) @type
(member_name) @property
(command_parameter) @attribute
[(comparison_operator) (format_operator)] @keyword
