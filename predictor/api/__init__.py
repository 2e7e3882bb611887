"""REST version 1."""
