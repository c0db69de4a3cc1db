[
  "for" "select" "in" "while" "until" "do" "done" "if" "then" "fi" "elif" "else" "case" "esac" "function" "declare"
  "typeset" "export" "readonly" "local" "unset" "unsetenv"
] @keyword

(comment) @comment
[(string) (raw_string) (ansi_c_string) (heredoc_body) (heredoc_start) (heredoc_end) (regex)] @string
[(command_substitution) (expansion) (simple_expansion) (arithmetic_expansion)] @embedded
[(number) (file_descriptor)] @number
[(variable_name) (special_variable_name)] @variable.parameter
(function_definition name: (word) @function)
(command_name) @function
(test_operator) @keyword
