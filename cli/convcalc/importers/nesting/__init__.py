"""From a flat graph to a tree of series and branches, with the names and groups of the source."""
