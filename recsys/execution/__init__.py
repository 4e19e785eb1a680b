"""Executors: train cohorts on threads of this process, in processes of this machine, or on a Ray cluster."""
