"""One question each: a small immutable result, and how it is found."""
