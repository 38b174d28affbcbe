"""Load what a SPEC names, whether it is a specification or a model file."""
