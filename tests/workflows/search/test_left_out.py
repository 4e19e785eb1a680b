"""Tests that a command says how many rows a global horizon leaves out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recsys.data.load import load_ratings
from recsys.experiment import load_experiment
from recsys.workflows.search.prepare import prepare

GLOBAL = ["split.kind=leave_last", "split.horizon=global"]


def test_rows_in_no_part_are_counted_by_part(experiment: Path) -> None:
    """1,200 ratings at the times 0 to 1,199: the test part begins at 960, validation at 864."""
    found = load_experiment(experiment, GLOBAL)
    users = load_ratings(found.data, found.folder).users
    said: list[str] = []
    split = prepare(found, sealed=False, reporter=said.append).split
    tested, validated = len(np.unique(users[960:])), len(np.unique(users[864:960]))
    assert (len(split.train), len(split.validation), len(split.test or ())) == (864, validated, tested)
    assert said[:2] == [
        f"{count} rows from the beginning of the {part} part on are in no part, for split.horizon = 'global'"
        for part, count in (("validation", 96 - validated), ("test", 240 - tested))
    ]


def test_nothing_is_said_where_nothing_is_left_out(experiment: Path) -> None:
    said: list[str] = []
    prepare(load_experiment(experiment, GLOBAL[:1]), reporter=said.append)
    assert not any("in no part" in line for line in said)
