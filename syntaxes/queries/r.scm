; What is a definition in R. Patterns go from the special to the general.
(comment) @comment

(binary_operator lhs: (identifier) @name operator: ["<-" "<<-" "="] rhs: (function_definition)) @definition.function
((call function: (identifier) @_word arguments: (arguments . (argument value: (string content: (string_content) @name)))) @definition.class
  (#any-of? @_word "setClass" "setRefClass" "R6Class"))
((call function: (identifier) @_word arguments: (arguments . (argument value: (string content: (string_content) @name)))) @definition.function
  (#any-of? @_word "setGeneric" "setMethod"))
(program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @definition.constant)
