"""From a tree to the text of a specification: groups and names of the source, equal parts as blocks."""
