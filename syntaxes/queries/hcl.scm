; What a reader looks for in HCL and Terraform: outermost blocks, by their labels, and attributes.
(comment) @comment

(config_file (body (block . (identifier) @name . (block_start)) @definition.key))
(config_file (body (block . (identifier) @container . (string_lit (template_literal) @name) . (block_start)) @definition.key))
(config_file (body (block . (identifier) @container . (string_lit (template_literal) @container) . (string_lit (template_literal) @name) . (block_start)) @definition.key))
(config_file (body (attribute . (identifier) @name) @definition.key))
