"""Caffe's prototxt files to a graph."""
