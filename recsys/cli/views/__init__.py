"""The output of results on the command line: tables on a terminal, plain lines elsewhere."""
