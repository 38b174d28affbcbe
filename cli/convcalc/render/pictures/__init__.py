"""Pictures in every format, one file each, which escapes names by that format's own rules."""
