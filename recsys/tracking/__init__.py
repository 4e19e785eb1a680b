"""Tracking: the records of sweeps and trials, and the protocols of stores and trackers."""
