"""Who may do what: tokens, their scopes, and how a request proves that it has them."""
