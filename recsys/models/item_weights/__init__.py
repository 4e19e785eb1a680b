"""Weights between items in closed form: the base of the kinds that sum them over a history."""
