"""Tests of ids in requests: clear ids are found, and ambiguous ones are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.serving.ids import Ids, codes_of

NUMBERS = Ids(pd.Index([-7, 0, 7, 2**60]), "user")
NAMES = Ids(pd.Index(["ann", "7", "18446744073709551615", "1.5"]), "user")
PADDED = Ids(pd.Index(["0195153448", "ann"]), "item")
OF_A_CATALOGUE = st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=20, unique=True) | st.lists(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=6), min_size=1, max_size=20, unique=True
)


class TestWholeNumbers:
    @pytest.mark.parametrize("given", [7, 7.0, np.int64(7), np.float32(7), np.uint8(7), "7", "7.0"])
    def test_a_number_is_the_same_however_it_is_held(self, given: Any) -> None:
        found = NUMBERS.read(given)
        assert (found, type(found)) == (7, int)

    @pytest.mark.parametrize(
        "text", ["007", "+7", " 7", "7.5", "7.", "0_7", "\u0667", "-07", "ann", "", "nan", "9" * 5000]
    )
    def test_text_that_is_printed_otherwise_is_another_id(self, text: str) -> None:
        assert NUMBERS.read(text) == text

    def test_one_with_a_fraction_is_another_id(self) -> None:
        assert NUMBERS.read(7.5) == "7.5"

    @given(st.integers(-(2**63), 2**63 - 1))
    def test_all_of_64_bits_come_back_from_their_digits(self, number: int) -> None:
        assert NUMBERS.read(str(number)) == NUMBERS.read(number) == number


class TestText:
    @pytest.mark.parametrize(
        ("given", "meant"),
        [("ann", "ann"), ("007", "007"), (7, "7"), (7.0, "7"), (1.5, "1.5"), (2**64 - 1, str(2**64 - 1))],
    )
    def test_a_number_is_its_digits(self, given: Any, meant: str) -> None:
        assert NAMES.read(given) == meant

    def test_a_number_where_ids_have_leading_zeros_may_have_had_some_too_and_is_refused(self) -> None:
        assert PADDED.read("0195153448") == "0195153448"
        with pytest.raises(
            InputError, match=r"item 195153448: ids such as '0195153448' are text; write them in quotes"
        ):
            PADDED.read(195153448)


@pytest.mark.parametrize("ids", [NUMBERS, NAMES], ids=["numbers", "text"])
@pytest.mark.parametrize("given", [None, True, np.nan, np.inf, 2.0**53, [7], {"id": 7}, b"7", 7 + 0j, pd.NaT])
def test_what_is_no_id_or_not_exact_is_refused(given: Any, ids: Ids) -> None:
    with pytest.raises(InputError, match="expected an id, a whole number or text"):
        ids.read(given)


@given(st.lists(st.sampled_from([-7, 7, 8, "7", "ann", None, 2**70, True, 7.0]), max_size=8))
def test_codes_are_those_of_ids_of_the_catalogues_type(ids: list[Any]) -> None:
    index = pd.Index([-7, 7])
    expected = [{-7: 0, 7: 1}.get(each, 2) if type(each) is int else 2 for each in ids]
    assert codes_of(index, ids).tolist() == expected
    named = pd.Index(["7", "ann"])
    assert codes_of(named, ids).tolist() == [
        {"7": 0, "ann": 1}.get(each, 2) if type(each) is str else 2 for each in ids
    ]


class TestCodes:
    """Places in the catalogue."""

    @given(ids=OF_A_CATALOGUE)
    def test_of_known_ids_are_their_places(self, ids: list[int] | list[str]) -> None:
        index = pd.Index(sorted(ids))
        codes = codes_of(index, ids)
        assert sorted(codes) == list(range(len(ids)))
        assert index[codes].tolist() == ids

    @given(ids=OF_A_CATALOGUE, data=st.data())
    def test_of_any_other_id_are_the_spare_row(self, ids: list[int] | list[str], data: st.DataObject) -> None:
        known = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
        codes = codes_of(pd.Index(sorted(known)), ids)
        assert [code == len(known) for code in codes] == [one not in known for one in ids]
        assert codes.dtype == np.int32
