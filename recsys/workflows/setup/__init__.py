"""Steps before a search: describe data, write an experiment, print the reference, and relocate a store."""
