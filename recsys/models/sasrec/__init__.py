"""The kind `sasrec`: self-attention over a history (Kang and McAuley 2018)."""
