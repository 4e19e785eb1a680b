"""Promotion: the rule, the registry of champions, and the ledger of test openings."""
