"""The tracker that has MLflow behind it: the only room of tracking that imports it."""
