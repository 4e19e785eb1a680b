"""Tables out of the files that people have: what a file's ending promises, and what it turns out to hold."""
