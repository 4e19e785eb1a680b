"""Solvers: how a round updates the weights of all members."""
