"""Pictures of a trial and of a sweep, one a file: PNG bytes, HTML without a network, Projector files."""
