"""Baselines: simple methods that any model has to beat, one a file."""
