"""Bringing signed packages to where a server loads them from, out of folders and archives, verified first."""
