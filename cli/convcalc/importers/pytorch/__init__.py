"""PyTorch's exported programs (`.pt2`) to a graph."""
