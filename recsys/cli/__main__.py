"""Run the `recsys` command with `python -m recsys.cli`."""

from recsys.cli import main

main()
