"""A factory of the user's own: a plain function, with defaults for all that a kind of model declares."""
