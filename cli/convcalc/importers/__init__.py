"""From a model file to the text of a specification. How such a text is loaded is not known here.

Each format has a room (`caffe`, `darknet`, `keras`, `onnx`, `pytorch`), whose file `reader` has one
function, `read(given) -> Graph`. What readers share is in `reading`. Later steps know nothing but the
graph, which `graph` defines: `nesting` makes a tree of it, and `writing` makes a text of the tree.
"""
