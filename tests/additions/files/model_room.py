"""An added kind of model."""
