"""Tests of the names of sweeps: given names are checked, and names from files are made valid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.tracking.names import checked_name, name_after


@pytest.mark.parametrize("name", ["it's", "a/b", "..", "", "x" * 201, "a\nb", 'a"b', " a"])
def test_what_no_store_can_be_asked_for_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="expected letters, digits, spaces"):
        checked_name(name)


@pytest.mark.parametrize(
    ("file", "name"), [("mf", "mf"), ("ratings.v2", "ratings.v2"), ("my ratings (1)", "my ratings -1"), ("-x", "x")]
)
def test_a_file_lends_its_name_as_far_as_it_is_one(file: str, name: str) -> None:
    assert name_after(file) == name


@given(st.text())
def test_of_whatever_file_a_name_is_made(file: str) -> None:
    assert checked_name(name_after(file)) == name_after(file)
