"""The specification language: from nodes to bodies. Whatever needs no shapes is checked here."""
