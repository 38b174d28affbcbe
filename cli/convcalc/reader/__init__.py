"""From the word that names a specification to a tree of nodes."""
