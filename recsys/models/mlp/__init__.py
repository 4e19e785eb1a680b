"""The kind `mlp`: a multilayer perceptron over embeddings (He et al. 2017)."""
