"""Tests of model names: every data set gives a valid one, and invalid names are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from
from recsys.registry.names import checked_name, name_after

BAD = ["o'clock", "a/b", 'say "x"', "a.b", "a:b", "50%", "", " ", " a", "a ", "a\n", "x" * 201]


@given(st.text(max_size=300))
def test_every_data_set_gives_a_name(data: str) -> None:
    name = name_after(data)
    assert checked_name(name) == name


@given(st.from_regex(r"[a-z0-9_ -]*[a-z0-9]", fullmatch=True).map(str.strip))
def test_a_name_that_is_one_stays(data: str) -> None:
    assert name_after(data) == data[:200].strip()


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_name_is_refused_in_the_file_and_elsewhere(name: str) -> None:
    with pytest.raises(InputError, match=r"model name .* expected up to 200 characters, none of"):
        checked_name(name)
    with pytest.raises(InputError, match=r"promotion\.name"):
        experiment(name)


def test_a_name_in_the_file_is_taken() -> None:
    assert experiment("films of 2026 (März)").promotion.name == "films of 2026 (März)"


def experiment(name: str) -> Experiment:
    document = {"data": {"source": "synthetic"}, "model": {"kind": "mf"}, "promotion": {"name": name}}
    return experiment_from(document, source="x.toml", folder=Path(), name="x")
