"""Parts that kinds of models compose: dot products, biases, the penalty, cold rows."""
