"""Numbers as people write them in texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_samples import HEADER, load, rows_of, write

from recsys.errors import InputError

ROWS = [("ann", 1, 4.0), ("bob", 2, 3.5), ("cy", 1, 1.0)]


def test_a_comma_before_the_fraction_is_said(tmp_path: Path) -> None:
    name = write(tmp_path, "user\titem\trating", "ann\t1\t4", "bob\t2\t3,5", "cy\t1\t1", name="r.tsv")
    with pytest.raises(InputError, match=r"line 3: bob, 2, 3,5; .*say data\.decimal = ','"):
        load(tmp_path, name)
    assert rows_of(load(tmp_path, name, decimal=",")) == ROWS


def test_then_a_point_is_none(tmp_path: Path) -> None:
    """1.234,5 would be a thousand, 1.234 perhaps too."""
    name = write(tmp_path, "user;item;rating", "ann;1;4,5", "bob;2;3.5")
    with pytest.raises(InputError, match=r"1 row has a rating that is not a number: line 3: bob, 2, 3\.5"):
        load(tmp_path, name, decimal=",", separator=";")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        ("+3", 3),
        (" 3.50 ", 3.5),
        (".5", 0.5),
        ("4.", 4),
        ("1e1", 10),
        ("-2", -2),
        ("true", 1),
        ("False", 0),
    ],
)
def test_they_are_written_in_many_ways(written: str, value: float, tmp_path: Path) -> None:
    ratings = load(tmp_path, write(tmp_path, HEADER, f"ann,1,{written}", "bob,1,7"))
    assert ratings.values.tolist() == [value, 7]


@pytest.mark.parametrize("written", ["0x10", "1_000", "1 000", "٣", "3e", "--1", "nan", "NA", "1;5"])
def test_and_not_in_others(written: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 row has a rating that is not a number: line 2: ann, 1"):
        load(tmp_path, write(tmp_path, HEADER, f"ann,1,{written}", "bob,1,7"))
