"""What readers share: reading untrusted files, and other frameworks' layers as our operations."""
