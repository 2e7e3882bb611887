"""What the tests' people have in common."""

PASSWORD = "correct horse battery staple"
