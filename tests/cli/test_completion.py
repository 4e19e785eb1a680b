"""Tests of shell completion."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from command_line import command, environment, recsys


def offered(line: str, folder: Path) -> list[str]:
    """What bash would offer after this line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = recsys(cwd=folder, _RECSYS_COMPLETE="complete_bash", **words)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("recsys re", ["resume", "report", "recommend", "relocate"]),
        ("recsys data ", ["fetch", "describe"]),
        ("recsys sweep --work", ["--workers"]),
        ("recsys promote --tr", ["--tracking-uri"]),
        ("recsys sweep --executor ", ["local", "ray"]),
        ("recsys schema ", ["experiment", "space"]),
    ],
)
def test_with_the_commands_options_and_values_that_fit(line: str, words: list[str], tmp_path: Path) -> None:
    assert offered(line, tmp_path) == words


def test_bash_is_told_what_to_ask(tmp_path: Path) -> None:
    line = f"{shlex.join(command('--show-completion'))}; exit $?"  # as a child of bash, which it recognises
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment({}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "_RECSYS_COMPLETE=complete_bash" in done.stdout
    assert done.stdout.rstrip().endswith(" recsys")
