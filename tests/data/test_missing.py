"""Tests of markers of missing values: declared markers are dropped, and suspicious values cause an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_samples import HEADER, load, rows_of, write
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError


def rated(folder: Path, *values: float | str) -> str:
    return write(folder, HEADER, *(f"u{number},i,{value}" for number, value in enumerate(values)))


class TestSaid:
    def test_rows_with_one_are_left_out_and_counted(self, tmp_path: Path) -> None:
        said: list[str] = []
        name = rated(tmp_path, 3, 99, "99.0", -1, 5)
        assert load(tmp_path, name, said, missing=(99, -1)).values.tolist() == [3, 5]
        assert said == [f"{tmp_path / name}: left out 3 of 5 rows for data.missing = [99, -1]"]

    def test_their_users_and_items_are_not_in_the_catalogue(self, tmp_path: Path) -> None:
        assert load(tmp_path, rated(tmp_path, 3, 99, 5), missing=(99,)).catalogue.user_ids.tolist() == ["u0", "u2"]

    def test_an_id_is_never_one(self, tmp_path: Path) -> None:
        name = write(tmp_path, HEADER, "99,1,3", "1,99,5")
        assert rows_of(load(tmp_path, name, missing=(99,))) == [(99, 1, 3), (1, 99, 5)]

    def test_a_word_is_one_only_as_it_is_written(self, tmp_path: Path) -> None:
        assert load(tmp_path, rated(tmp_path, 1, "NULL", 2), missing=("NULL",)).values.tolist() == [1, 2]
        with pytest.raises(InputError, match="1 row has a rating that is not a number: line 3: u1, i, null"):
            load(tmp_path, rated(tmp_path, 1, "null", 2), missing=("NULL",))

    def test_an_empty_cell_is_one_where_that_is_said(self, tmp_path: Path) -> None:
        name = rated(tmp_path, 1, "", 2)
        with pytest.raises(
            InputError, match=r'1 row has a missing rating: line 3: u1, i, ; data\.missing = \[""\] leaves'
        ):
            load(tmp_path, name)
        assert load(tmp_path, name, missing=("",)).values.tolist() == [1, 2]

    def test_the_lines_of_what_is_wrong_with_the_rest_are_those_of_the_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="1 row has a rating that is not a number: line 4: u2, i, x"):
            load(tmp_path, rated(tmp_path, 99, 99, "x", 2), missing=(99,))

    def test_where_nothing_remains_that_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no rows remain without those of data\.missing = \[99\]"):
            load(tmp_path, rated(tmp_path, 99, 99), missing=(99,))

    def test_weights_have_them_too(self, tmp_path: Path) -> None:
        name = write(tmp_path, "user,item,plays", "a,x,0", "a,y,2")
        events = load(tmp_path, name, feedback="implicit", columns={"weight": "plays"}, missing=(0,))
        assert rows_of(events) == [("a", "y", 2)]


class TestAsked:
    @pytest.mark.parametrize(
        ("usual", "odd"),
        [
            (range(1, 11), [99]),
            (range(1, 11), [-1]),
            (range(1, 6), [-1, 99]),
            (range(1, 6), [98, 99]),
            (range(6), [-1]),
            (range(1, 6), [-99]),
            (np.linspace(-10, 10, 40), [99]),
            (np.linspace(-10, 10, 40), [-999]),
            (range(1, 101), [999]),
        ],
    )
    def test_what_stands_out_is_asked_about_with_both_ways_to_go_on(
        self, usual: list[float], odd: list[float], tmp_path: Path
    ) -> None:
        values = [*map(float, usual), *odd] * 5
        name = rated(tmp_path, *values)
        with pytest.raises(InputError) as failure:
            load(tmp_path, name)
        codes = ", ".join(f"{each:g}" for each in sorted(odd))
        rest = f"the others from {min(usual):g} to {max(usual):g}"
        assert f"{5 * len(odd)} of {len(values)} ratings are {codes}, and {rest}" in str(failure.value)
        assert f"data.missing = [{codes}]" in str(failure.value)
        assert f"data.scale = [{min(values):g}, {max(values):g}]" in str(failure.value)
        assert len(load(tmp_path, name, missing=tuple(odd))) == 5 * len(list(usual))
        assert len(load(tmp_path, name, scale=(min(values), max(values)))) == len(values)

    @pytest.mark.parametrize(
        "values",
        [
            [0, 1],
            [-1, 1],
            [-1, 0, 1],
            range(6),
            range(11),
            [-2, -1, 0, 1, 2],
            [1, 3, 4, 4.5, 5],
            np.arange(1, 11) / 2,
            range(101),
            np.linspace(-10, 10, 50),
            [10, 20, 30, 40, 50],
        ],
    )
    def test_no_usual_scale_is_asked_about(self, values: list[float], tmp_path: Path) -> None:
        repeated = list(values) * 12
        assert len(load(tmp_path, rated(tmp_path, *repeated))) == len(repeated)

    @given(stars=st.lists(st.sampled_from([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]), min_size=25, max_size=60))
    def test_stars_never_are_whichever_were_given(
        self, tmp_path_factory: pytest.TempPathFactory, stars: list[float]
    ) -> None:
        folder = tmp_path_factory.mktemp("stars")
        assert len(load(folder, rated(folder, *stars, 0.5, 5))) == len(stars) + 2

    def test_a_few_rows_say_nothing_of_their_scale(self, tmp_path: Path) -> None:
        assert load(tmp_path, rated(tmp_path, 1, 2, 3, 99)).scale == (1, 99)
