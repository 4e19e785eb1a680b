"""Tracking: every trial's parameters, metrics, embeddings and artifacts in MLflow."""
