"""Bayesian matrix factorisation, drawn by Gibbs sampling."""
