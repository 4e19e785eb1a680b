"""What a model is trained to make small: one loss a file, and the table of them all."""
