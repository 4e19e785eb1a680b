"""The store and the tracker on MLflow: the only room of tracking that imports it."""
