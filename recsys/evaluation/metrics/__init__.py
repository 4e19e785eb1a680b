"""Metrics: how well ratings are predicted, how well lists are ranked, and what the lists show."""
