; What a reader looks for in INI files: sections, and the keys before the first one.
(comment) @comment

(section (section_name (text) @name)) @definition.key
(document (setting (setting_name) @name) @definition.key)
