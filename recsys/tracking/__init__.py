"""Tracking: what is remembered of a sweep and of every trial, whoever remembers it."""
