; What a reader looks for in TOML: tables, and the keys before the first one.
(comment) @comment

(table . (_) @name) @definition.key
(table_array_element . (_) @name) @definition.key
(document (pair . (_) @name) @definition.key)
