"""From a flat graph to a tree of series and branches: what is tidied, nested, and there again."""
