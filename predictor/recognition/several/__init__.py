"""Several digits in one picture: found, read one by one, and put in order."""
