"""Promote champions: test a candidate against baselines and champion, list the history, and roll back."""
