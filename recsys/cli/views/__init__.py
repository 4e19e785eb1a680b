"""How the command line shows results: tables on a terminal, plain lines elsewhere."""
