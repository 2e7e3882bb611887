"""What people see: one module a page, each a plain function from a request to HTML."""
