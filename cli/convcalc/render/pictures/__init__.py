"""The formats of pictures, one file each. Each escapes names by its own rules."""
