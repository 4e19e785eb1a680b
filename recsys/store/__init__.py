"""What tracking and registry both know of an MLflow store."""
