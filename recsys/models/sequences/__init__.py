"""Models of histories: the base of the kinds that read what a person did, in its order."""
