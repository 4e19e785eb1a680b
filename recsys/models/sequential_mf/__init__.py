"""The kind `sequential_mf`: dot products of items with decayed sums of the items of a history."""
