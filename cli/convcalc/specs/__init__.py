"""A SPEC's word to its networks, whether a specification or a model file stands behind it."""
