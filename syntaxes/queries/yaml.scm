; What a reader looks for in YAML: the keys of the outermost mapping.
(comment) @comment

(document (block_node (block_mapping (block_mapping_pair key: (flow_node) @name) @definition.key)))
