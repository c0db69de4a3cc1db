["@import" "@media" "@charset" "@namespace" "@keyframes" "@supports" "@scope" "not" "of" "and" "or" "only"] @keyword
[(at_keyword) (from) (to) (important)] @keyword
[(comment) (js_comment)] @comment
(string_value) @string
[(integer_value) (float_value) (color_value)] @number
(unit) @number
(tag_name) @tag
(universal_selector) @tag
(nesting_selector) @tag
(class_name) @type
(id_name) @type
[(property_name) (feature_name)] @property
(attribute_name) @attribute
(pseudo_class_selector (class_name) @keyword)
(pseudo_element_selector (tag_name) @keyword)
(function_name) @function
(keyframes_name) @function
