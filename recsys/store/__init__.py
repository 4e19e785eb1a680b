"""The store: connections to MLflow, its files and addresses, for tracking and registry."""
