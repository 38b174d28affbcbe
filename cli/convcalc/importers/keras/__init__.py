"""Keras models, `model.to_json()` or `.keras`, to a graph."""
