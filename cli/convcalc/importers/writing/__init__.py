"""From a tree to the text of a specification: equal parts as blocks, values as arguments."""
