["for" "in" "if" "else" "endif" "endfor"] @keyword
(comment) @comment
[(string_lit) (quoted_template) (heredoc_template)] @string
[(template_interpolation) (template_directive)] @embedded
(numeric_lit) @number
[(bool_lit) (null_lit)] @constant
(block . (identifier) @keyword)
(attribute (identifier) @property)
(object_elem key: (_) @property)
(function_call (identifier) @function)
(get_attr (identifier) @property)
