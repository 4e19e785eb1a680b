"""Ratings: where they come from, what makes them valid, and how ids are coded."""
