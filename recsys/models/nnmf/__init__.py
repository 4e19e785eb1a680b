"""The kind `nnmf`: non-negative matrix factorisation (Lee and Seung 1999)."""
