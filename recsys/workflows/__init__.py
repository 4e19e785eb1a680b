"""What a user does: sweep, resume, compare, promote, recommend."""
