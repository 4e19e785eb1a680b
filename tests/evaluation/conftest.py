"""Its folder is where the tests in the rooms below find their samples."""
