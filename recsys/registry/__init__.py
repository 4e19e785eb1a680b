"""Promotion: the rule, and the registry of champions."""
