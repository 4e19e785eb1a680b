"""Model factories: from points to one Keras model with one output a point."""
