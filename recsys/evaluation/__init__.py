"""Evaluation: rating metrics, ranking metrics, significance."""
