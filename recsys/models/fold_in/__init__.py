"""Fold-in: the rows that a model would have learnt for a person, from a history, all else fixed."""
