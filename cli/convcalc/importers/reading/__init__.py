"""What the readers share: files that nobody vouches for, and what other frameworks' layers amount to."""
