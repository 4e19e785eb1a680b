"""Serving: users in, top-N out."""
