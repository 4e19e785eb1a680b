"""Before a search: describe data, write an experiment, print the reference, relocate a store."""
