"""Experiments that come with the suite, also where there is no checkout: the same files as at the top level."""
