"""Model files to the text of a specification; knows nothing of how such a text is loaded.

Each format has a room (`caffe`, `darknet`, `keras`, `onnx`, `pytorch`), whose file `reader` has one
function, `read(given) -> Graph`; what readers share is in `reading`. A graph, as `graph` has it, is
all that the later steps know: `nesting` makes a tree of it, and `writing` a text.
"""
