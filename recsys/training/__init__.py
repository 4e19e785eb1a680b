"""Cohorts: trials trained together in one compiled graph."""
