; What a reader looks for in CSS: rules by their selectors, animations, custom properties.
(comment) @comment

(stylesheet (rule_set (selectors) @name) @definition.rule)
(stylesheet (media_statement (block (rule_set (selectors) @name) @definition.rule)))
(keyframes_statement (keyframes_name) @name) @definition.rule
((stylesheet (rule_set (block (declaration (property_name) @name) @definition.key))) (#match? @name "^--"))
