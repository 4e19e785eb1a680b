"""Benchmarks against other libraries (the peers). Run them with `python -m benchmarks`."""
