"""Splits: training, validation and a sealed test part."""
