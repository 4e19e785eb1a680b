"""A multilayer perceptron over embeddings."""
