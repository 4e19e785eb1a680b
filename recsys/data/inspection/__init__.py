"""Inspection: infer the columns and formats of a file, as `[data]` would declare them."""
