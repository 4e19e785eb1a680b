"""Tests of the output of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recsys.cli.output import fail, print_json


def test_numbers_that_are_none_are_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": float("nan"), "b": (1.5, np.float32(np.inf)), "c": {"d": np.int64(2)}, "e": Path("f")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [1.5, None], "c": {"d": 2}, "e": "f"}


def test_a_failure_is_one_line_without_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fail("http://me:s3cret@host\n\x1b]0;owned\x07", 1)
    line = capsys.readouterr().err
    assert "s3cret" not in line
    assert "\x1b" not in line
    assert len(line.splitlines()) == 1
