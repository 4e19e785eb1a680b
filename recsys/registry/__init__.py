"""Promotion: the rule, the registry of champions, and the record of accesses to test parts."""
