"""Posterior cohorts: draws from the posterior of Bayesian matrix factorisation, by blocked Gibbs sampling."""
