"""Solvers: how a round moves the weights of all members."""
