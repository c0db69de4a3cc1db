; What a reader looks for in HTML: headings, and elements with an id.
(comment) @comment

((element (start_tag (tag_name) @_tag) . (text) @name) @definition.heading (#match? @_tag "^[hH][1-6]$"))
((_ (start_tag (attribute (attribute_name) @_attribute (quoted_attribute_value (attribute_value) @name)))) @definition.key (#eq? @_attribute "id"))

; What stands in another language is read by that language's grammar.
(script_element (raw_text) @inside.typescript)
(style_element (raw_text) @inside.css)

; Where they divide the page, in files that have sections.
((element (start_tag (tag_name) @_tag)) @heading.1 (#match? @_tag "^[hH]1$"))
((element (start_tag (tag_name) @_tag)) @heading.2 (#match? @_tag "^[hH]2$"))
((element (start_tag (tag_name) @_tag)) @heading.3 (#match? @_tag "^[hH]3$"))
((element (start_tag (tag_name) @_tag)) @heading.4 (#match? @_tag "^[hH]4$"))
((element (start_tag (tag_name) @_tag)) @heading.5 (#match? @_tag "^[hH]5$"))
((element (start_tag (tag_name) @_tag)) @heading.6 (#match? @_tag "^[hH]6$"))

; What stands between the words of a page.
(tag_name) @markup
(attribute_name) @markup
((attribute (attribute_name) @_attribute (quoted_attribute_value) @markup) (#match? @_attribute "^(class|style)$"))
