"""The language of the administration, and of who reads no other."""
