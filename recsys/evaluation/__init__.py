"""Evaluation: metrics, intervals and tests, baselines, ensembles, and the protocol that makes numbers comparable."""
