"""Serve a champion: recommend items to one user or to all, export trials, start the HTTP server."""
