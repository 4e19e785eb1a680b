"""Models: a subpackage for each kind of model, and the parts that kinds compose."""
