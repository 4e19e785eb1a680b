"""The kind `bayesian_mf`: Bayesian matrix factorisation by Gibbs sampling (Salakhutdinov and Mnih 2008)."""
