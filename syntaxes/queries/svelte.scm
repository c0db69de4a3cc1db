; What a reader looks for in Svelte: snippets, headings, and elements with an id.
(comment) @comment

(snippet_statement (snippet_start (snippet_name) @name)) @definition.function
((element (start_tag (tag_name) @_tag) . (text) @name) @definition.heading (#match? @_tag "^[hH][1-6]$"))
((_ (start_tag (attribute (attribute_name) @_attribute (quoted_attribute_value (attribute_value) @name)))) @definition.key (#eq? @_attribute "id"))

; What stands in another language is read by that language's grammar.
(script_element (raw_text) @inside.typescript)
(style_element (raw_text) @inside.css)
