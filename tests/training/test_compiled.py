"""Tests of the options for XLA."""

from __future__ import annotations

import os

import pytest

from recsys.training.compiled import XLA_FLAGS, tell_xla


@pytest.mark.parametrize("given", ["", "--xla_dump_to=here", "--xla_cpu_prefer_vector_width=256 --xla_dump_to=here"])
def test_xla_is_told_what_makes_epochs_short_unless_it_is_told_otherwise(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLA_FLAGS", given)
    tell_xla()
    finished = dict(flag.split("=", 1) for flag in os.environ["XLA_FLAGS"].split())
    assert finished == {**XLA_FLAGS, **dict(flag.split("=", 1) for flag in given.split())}
