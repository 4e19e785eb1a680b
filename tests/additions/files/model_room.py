"""The package of an added kind of model."""
