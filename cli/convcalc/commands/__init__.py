"""The command line: read, call, print, choose the exit code. No number is made here."""
