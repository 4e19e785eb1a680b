"""Serve a champion: read requests, score users and items, and return lists of the best items."""
