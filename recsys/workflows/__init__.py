"""Workflows, one file each: the functions behind the commands, for notebooks too."""
