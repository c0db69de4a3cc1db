[
  "and" "as" "break" "case" "catch" "class" "clone" "const" "continue" "declare" "default" "do" "echo" "else" "elseif"
  "endfor" "endforeach" "endif" "endswitch" "endwhile" "enum" "exit" "extends" "final" "finally" "fn" "for" "foreach"
  "function" "global" "goto" "if" "implements" "include" "include_once" "instanceof" "insteadof" "interface" "list"
  "match" "namespace" "new" "or" "print" "require" "require_once" "return" "switch" "throw" "trait" "try" "unset"
  "use" "while" "xor" "yield"
] @keyword

[(visibility_modifier) (static_modifier) (abstract_modifier) (final_modifier) (readonly_modifier) (var_modifier)] @keyword
[(php_tag) (php_end_tag)] @tag
(comment) @comment
[(string) (encapsed_string) (heredoc) (nowdoc) (shell_command_expression)] @string
[(integer) (float)] @number
[(boolean) (null)] @constant
(primitive_type) @type
(cast_type) @type
(variable_name) @variable.parameter
(relative_scope) @constant

(named_type (name) @type)
(named_type (qualified_name (name) @type))
(class_declaration name: (name) @type)
(interface_declaration name: (name) @type)
(trait_declaration name: (name) @type)
(enum_declaration name: (name) @type)
(base_clause (name) @type)
(class_interface_clause (name) @type)
(object_creation_expression (name) @type)
(scoped_call_expression scope: (name) @type)
(class_constant_access_expression . (name) @type)
(namespace_name (name) @namespace)
(attribute (name) @attribute)
(const_element (name) @constant)
(enum_case name: (name) @constant)

(function_definition name: (name) @function)
(method_declaration name: (name) @function)
(function_call_expression function: (name) @function)
(function_call_expression function: (qualified_name (name) @function))
(member_call_expression name: (name) @function)
(nullsafe_member_call_expression name: (name) @function)
(scoped_call_expression name: (name) @function)
(member_access_expression name: (name) @property)
(nullsafe_member_access_expression name: (name) @property)
