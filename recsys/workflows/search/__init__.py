"""What a person does to search: prepare an experiment, sweep, resume, train a point."""
