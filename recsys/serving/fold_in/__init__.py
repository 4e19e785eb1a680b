"""Fold-in: what a model would have learnt of a person, from a history, with all that it has learnt of the items."""
