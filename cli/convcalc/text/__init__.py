"""What messages and output are made of."""
