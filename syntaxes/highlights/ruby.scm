[
  "BEGIN" "END" "alias" "and" "begin" "break" "case" "class" "def" "do" "else" "elsif" "end" "ensure" "for" "if" "in"
  "module" "next" "not" "or" "redo" "rescue" "retry" "return" "then" "undef" "unless" "until" "when" "while" "yield"
] @keyword

(identifier) @variable
((identifier) @keyword
  (#match? @keyword "^(private|protected|public|module_function|include|extend|prepend|require|require_relative|raise|attr_(reader|writer|accessor))$"))
(comment) @comment
[(string) (bare_string) (subshell) (heredoc_body) (heredoc_beginning) (regex) (character)] @string
[(simple_symbol) (delimited_symbol) (hash_key_symbol) (bare_symbol)] @constant
(escape_sequence) @escape
(interpolation) @embedded
[(integer) (float) (rational) (complex)] @number
[(nil) (true) (false) (self) (super)] @constant
(constant) @type
[(instance_variable) (class_variable) (global_variable)] @property
(method name: [(identifier) (constant) (setter) (operator)] @function)
(singleton_method name: [(identifier) (constant) (setter) (operator)] @function)
(call method: [(identifier) (constant)] @function)
(method_parameters (identifier) @variable.parameter)
(block_parameters (identifier) @variable.parameter)
(lambda_parameters (identifier) @variable.parameter)
(optional_parameter name: (identifier) @variable.parameter)
(keyword_parameter name: (identifier) @variable.parameter)
(splat_parameter name: (identifier) @variable.parameter)
(hash_splat_parameter name: (identifier) @variable.parameter)
(block_parameter name: (identifier) @variable.parameter)
