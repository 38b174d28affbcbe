"""What messages and output are made of: problems, words, numbers, characters."""
