"""What a person does before a search: describe data, write an experiment, read the reference, relocate a store."""
