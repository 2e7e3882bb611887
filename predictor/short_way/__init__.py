"""A program's usual request, answered without Django's request, middleware and view; see `application`."""
