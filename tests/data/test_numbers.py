"""Tests of number formats in text files."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from data_samples import HEADER, load, rows_of, write
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.numbers import separator_use
from recsys.data.settings import DataSettings
from recsys.errors import InputError

ROWS = [("ann", 1, 4.0), ("bob", 2, 3.5), ("cy", 1, 1.0)]


def test_a_comma_before_the_fraction_is_said(tmp_path: Path) -> None:
    name = write(tmp_path, "user\titem\trating", "ann\t1\t4", "bob\t2\t3,5", "cy\t1\t1", name="r.tsv")
    with pytest.raises(InputError, match=r"line 3: bob, 2, 3,5; .*set data\.decimal = ','"):
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


APOSTROPHE, PRINTED = ("'", ".", "'"), ("'", ".", "\u2019")


class TestGroupsOfThreeDigits:
    COUNTS = (812, 45, 7, 1640, 2693, 10_000, 1_234_567, 999, 1001, 300)

    @pytest.mark.parametrize(
        ("sign", "decimal", "written"),
        [
            (",", ".", ","),
            (".", ",", "."),
            (" ", ".", " "),
            (" ", ",", "\u00a0"),
            (" ", ".", "\u202f"),
            APOSTROPHE,
            PRINTED,
        ],
    )
    def test_are_read_with_the_sign_that_is_said(self, sign: str, decimal: str, written: str, tmp_path: Path) -> None:
        rows = [f"u{at}\ti{at}\t{f'{count:,}'.replace(',', written)}{decimal}5" for at, count in enumerate(self.COUNTS)]
        name = write(tmp_path, "user\titem\tplays", *rows, name="r.tsv")
        columns = {"weight": "plays"}
        plays = load(tmp_path, name, feedback="implicit", columns=columns, thousands=sign, decimal=decimal)
        assert plays.values.tolist() == [count + 0.5 for count in self.COUNTS]

    def test_of_two_digits_before_the_last_three_too_as_in_india(self, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, 'ann,1,"12,34,567"', 'bob,1,"1,00,000"', "cy,1,7")
        assert load(tmp_path, name, thousands=",").values.tolist() == [1234567, 100000, 7]

    @pytest.mark.parametrize("written", ["1,23", "12,3456", "1,234,5", ",123", "1,2345,678", "1.234,567"])
    def test_of_other_lengths_are_no_numbers(self, written: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="1 row has a rating that is not a number: line 2: ann, 1"):
            load(tmp_path, write(tmp_path, HEADER, f'ann,1,"{written}"', "bob,1,7"), thousands=",")

    @pytest.mark.parametrize(
        ("written", "question"),
        [
            (["1,234", "2,500", "7"], r"thousands = ','; if it is the decimal separator, set data\.decimal = ','"),
            (["1,234,567", "2,500", "7"], r"digits, set data\.thousands = ','$"),
            (["1,234.5", "2,500", "7"], r"digits, set data\.thousands = ','$"),
            (["1.234,5", "2.500", "7"], r"separator, set data\.decimal = ',', and data\.thousands = '\.'$"),
            (["0,125", "2,500", "7"], r"separator, set data\.decimal = ','$"),
            (["1 234", "2 500", "7"], r'set data\.thousands = " "$'),
            (["1\u2019234", "2'500", "7"], r"set data\.thousands = \"'\"$"),
        ],
    )
    def test_are_asked_about_by_the_line_to_write(self, written: list[str], question: str, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, *(f'u{at},1,"{number}"' for at, number in enumerate(written)))
        with pytest.raises(InputError, match=question):
            load(tmp_path, name)

    @pytest.mark.parametrize("written", [["1.234", "7"], ["4.000", "3.500"], ["1.234.567", "2.500"]])
    def test_a_point_that_may_stand_between_them_is_asked_about(self, written: list[str], tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, *(f"u{at},1,{number}" for at, number in enumerate(written)))
        with pytest.raises(InputError, match=r"decimal = ',' and data\.thousands = '\.'|is not a number"):
            load(tmp_path, name)

    def test_and_read_either_way_where_that_is_said(self, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, "ann,1,1.234", "bob,1,7")
        assert load(tmp_path, name, thousands="").values.tolist() == [pytest.approx(1.234), 7]
        assert load(tmp_path, name, thousands=".", decimal=",").values.tolist() == [1234, 7]

    def test_the_sign_is_another_than_that_before_the_fraction(self) -> None:
        with pytest.raises(ValidationError, match=r"thousands and decimal are both '\.'"):
            DataSettings.model_validate({"source": "r.csv", "thousands": "."})


@given(
    counts=st.lists(st.integers(0, 10**7), min_size=1, max_size=40),
    sign=st.sampled_from([",", "."]),
)
def test_counts_with_groups_are_never_read_as_fractions(
    counts: list[int], sign: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """They are read as what they are, or refused."""
    folder = tmp_path_factory.mktemp("counts")
    written = [f"{count:,}".replace(",", sign) for count in counts]
    name = write(folder, HEADER, "a,0,1", "b,0,2", *(f'u{at},1,"{number}"' for at, number in enumerate(written)))
    try:
        assert load(folder, name, scale=(0, 10**7)).values[2:].tolist() == counts
    except InputError as error:
        assert "thousands" in str(error) or "not a number" in str(error)  # noqa: PT017 - either is right


@given(raters=st.integers(2, 12), scale=st.sampled_from([5, 10, 100]), seed=st.integers(0, 10**6))
def test_means_of_ratings_are_never_read_as_thousands(raters: int, scale: int, seed: int) -> None:
    """`66.667` beside `71` is no count, wherever the zeros at the end are left out."""
    draw = Random(seed)  # noqa: S311 - ratings, no secrets
    means = [sum(draw.randint(0, scale) for _ in range(raters)) / raters for _ in range(300)]
    assert separator_use([f"{mean:.3f}".rstrip("0").rstrip(".") for mean in means], ".") != "groups"
