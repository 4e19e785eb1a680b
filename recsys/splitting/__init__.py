"""Train, validation and a sealed test part."""
