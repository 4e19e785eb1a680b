"""Promote: test a candidate against baselines and champion, list promotions, roll back."""
