"""A first look at a file of which nothing is said: what it holds, as `[data]` would say it."""
