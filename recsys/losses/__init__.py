"""Losses: what training minimises. One file for the losses of ratings, one for each loss of rankings, and a table."""
