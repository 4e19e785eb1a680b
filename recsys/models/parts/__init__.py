"""Parts that kinds of models compose: dot products, biases, the l2 penalty, cold rows."""
