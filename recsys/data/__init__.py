"""Ratings: their sources, their validation, and the coding of ids."""
