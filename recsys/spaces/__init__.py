"""Search spaces: named parameters with type, bounds and scale."""
