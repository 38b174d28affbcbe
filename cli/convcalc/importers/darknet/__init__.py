"""darknet's cfg files to a graph."""
