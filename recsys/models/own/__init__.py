"""The user's own factory: a plain function, with defaults for everything that a kind declares."""
