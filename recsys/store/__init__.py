"""The store: what tracking and registry both know of MLflow behind an address."""
