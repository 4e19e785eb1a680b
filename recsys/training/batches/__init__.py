"""Ways over the data: which batches a round has, and what each of them says of the members."""
