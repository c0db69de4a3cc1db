; What a reader looks for in JSON: the keys of the outermost object.
(comment) @comment

(document (object (pair key: (string (string_content) @name)) @definition.key))
