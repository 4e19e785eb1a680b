"""Encoders: each turns one source column into features, and encodes further ids alike."""
