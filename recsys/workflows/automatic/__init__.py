"""Search automatically: from a file to a champion, by sweeps over the kinds of models that its question admits."""
