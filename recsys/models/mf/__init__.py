"""The kind `mf`: matrix factorisation (Koren et al. 2009)."""
