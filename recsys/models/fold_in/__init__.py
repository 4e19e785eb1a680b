"""Fold-in: the parameters of a new user from a history, with all other parameters fixed."""
