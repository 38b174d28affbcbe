"""Model files to the text of a specification; knows nothing of how such a text is loaded.

A reader (`caffe`, `darknet`, `pytorch`, `onnx`, `keras`) has one function, `read(given) -> Graph`;
what a graph is stands in `graph`. Every later step takes a graph and knows no format.
"""
