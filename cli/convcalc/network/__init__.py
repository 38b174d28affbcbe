"""From a specification's bodies to a network: expanded, wired, with exact shapes."""
