"""The specification language: nodes to bodies, with everything that needs no shapes checked."""
