"""Tests of kinds of event, selected rows, and returned items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data_samples import load, rows_of, write
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.settings import DataSettings
from recsys.errors import InputError

EVENTS = [("a", "x", "view"), ("a", "x", "cart"), ("a", "y", "view"), ("b", "x", "buy"), ("b", "y", "view")]
COLUMNS = {"event": "event"}


def stored(folder: Path, ending: str, **more: list[Any]) -> str:
    """The events, with more columns, in a file of any format."""
    table = dict(zip(("user", "item", "event"), map(list, zip(*EVENTS, strict=True)), strict=True)) | more
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    if ending == "parquet":
        pq.write_table(pa.table(table), folder / "r.parquet")
    elif ending == "json":
        (folder / "r.json").write_text("\n".join(map(json.dumps, rows)))
    else:
        write(folder, ",".join(table), *(",".join(map(str, row.values())) for row in rows))
    return f"r.{ending}"


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
class TestWhere:
    def test_rows_are_kept_by_the_values_of_a_column_and_counted(self, ending: str, tmp_path: Path) -> None:
        said: list[str] = []
        name = stored(tmp_path, ending)
        kept = load(tmp_path, name, said, feedback="implicit", where={"event": ("cart", "buy")})
        assert rows_of(kept) == [("a", "x", 1), ("b", "x", 1)]
        assert said == [f'{tmp_path / name}: kept 2 of 5 rows, for data.where = {{ event = ["cart", "buy"] }}']

    def test_of_several_columns_all_have_to_fit(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, shop=[1, 2, 2, 2, 1], paid=[True, True, False, True, True])
        where = {"shop": (2.0,), "paid": (True,), "event": "cart"}
        assert rows_of(load(tmp_path, name, feedback="implicit", where=where)) == [("a", "x", 1)]

    def test_a_value_that_no_row_has_is_refused_with_those_there_are(self, ending: str, tmp_path: Path) -> None:
        with pytest.raises(
            InputError, match=r'no row has "by" in column \'event\'; there are \'view\' \(3\), \'cart\''
        ):
            load(tmp_path, stored(tmp_path, ending), feedback="implicit", where={"event": ("by",)})

    def test_where_nothing_remains_that_is_said(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, shop=[1, 2, 2, 2, 1])
        with pytest.raises(
            InputError, match=r"no rows remain for data\.where = \{ event = \[\"buy\"\], shop = \[1\] \}"
        ):
            load(tmp_path, name, feedback="implicit", where={"event": ("buy",), "shop": (1,)})

    def test_what_is_wrong_with_the_other_rows_does_not_matter(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, n=["1", "", "x", "2", "-3"])
        kept = load(tmp_path, name, feedback="implicit", columns={"weight": "n"}, where={"n": ("1", "2")})
        assert rows_of(kept) == [("a", "x", 1), ("b", "x", 2)]

    def test_ratings_have_it_too(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, rating=[1, 9, 2, 5, 4])
        assert rows_of(load(tmp_path, name, where={"event": ("view",)})) == [
            ("a", "x", 1),
            ("a", "y", 2),
            ("b", "y", 4),
        ]


def test_without_a_header_the_columns_of_where_are_numbers(tmp_path: Path) -> None:
    name = write(tmp_path, *(",".join(row) for row in EVENTS))
    asked: dict[str, Any] = {"header": False, "columns": {"user": 1, "item": 2}, "where": {"3": ["buy"]}}
    assert rows_of(load(tmp_path, name, feedback="implicit", **asked)) == [("b", "x", 1)]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
class TestEventWeights:
    def test_a_pair_weighs_what_its_events_do_together(self, ending: str, tmp_path: Path) -> None:
        weights = {"view": 1, "cart": 3, "buy": 10}
        name = stored(tmp_path, ending)
        events = load(tmp_path, name, feedback="implicit", columns=COLUMNS, event_weights=weights)
        assert sorted(rows_of(events)) == [("a", "x", 4), ("a", "y", 1), ("b", "x", 10), ("b", "y", 1)]

    def test_times_their_own_weights(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, n=[1, 2, 3, 4, 5])
        weights, columns = {"view": 1, "cart": 3, "buy": 10}, {**COLUMNS, "weight": "n"}
        events = load(tmp_path, name, feedback="implicit", columns=columns, event_weights=weights)
        assert sorted(rows_of(events)) == [("a", "x", 7), ("a", "y", 3), ("b", "x", 40), ("b", "y", 5)]

    def test_a_kind_that_counts_0_is_left_out_and_counted(self, ending: str, tmp_path: Path) -> None:
        said: list[str] = []
        name = stored(tmp_path, ending)
        weights = {"view": 0, "cart": 3, "buy": 10}
        events = load(tmp_path, name, said, feedback="implicit", columns=COLUMNS, event_weights=weights)
        assert rows_of(events) == [("a", "x", 3), ("b", "x", 10)]
        assert said == [f"{tmp_path / name}: left out 3 of 5 rows, of types that weigh 0: 'view'"]

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ({"view": 1, "buy": 2}, r"has no 'cart'; there are 'view' \(3\), .*cart = 0 leaves such rows out"),
            ({"view": 1, "cart": 1, "buy": 2, "sale": 3}, r"no row is of type 'sale'; there are 'view' \(3\)"),
        ],
    )
    def test_they_name_every_kind_there_is_and_no_other(
        self, weights: dict[str, float], message: str, ending: str, tmp_path: Path
    ) -> None:
        with pytest.raises(InputError, match=message):
            load(tmp_path, stored(tmp_path, ending), feedback="implicit", columns=COLUMNS, event_weights=weights)

    def test_kinds_that_are_numbers_are_named_by_them(self, ending: str, tmp_path: Path) -> None:
        name = stored(tmp_path, ending, kind=[0, 2, 0, 3, 0])
        weights = {"0": 1, "2": 4, "3": 5}
        events = load(tmp_path, name, feedback="implicit", columns={"event": "kind"}, event_weights=weights)
        assert sorted(rows_of(events)) == [("a", "x", 5), ("a", "y", 1), ("b", "x", 5), ("b", "y", 1)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"event_weights": {"view": 1.0}}, "no column of event types is named: columns.event"),
        ({"columns": {"event": "event"}}, "event does nothing here: event_weights gives"),
        ({"columns": {"event": "event"}, "event_weights": {"view": 0.0}}, "every event type weighs 0"),
        ({"weight_from": 1.0}, "weight_from does nothing here: no column of weights"),
        ({"returns": "subtract"}, "returns does nothing here: no column of weights"),
        (
            {"columns": {"weight": "n"}, "weight_from": 1.0, "returns": "subtract"},
            "weight_from leaves out weights below",
        ),
        ({"feedback": "explicit", "returns": "subtract"}, "ratings have no weights"),
        ({"feedback": "explicit", "columns": {"event": "event"}}, "ratings have no weights"),
    ],
)
def test_what_would_do_nothing_is_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DataSettings.model_validate({"source": "r.csv", "feedback": "implicit", **data})


class TestReturns:
    ROWS = ("user,item,n", "a,x,3", "a,x,-1", "a,y,-2", "b,x,2", "b,x,-2", "b,y,1")
    COLUMNS = {"weight": "n"}

    def test_are_refused_with_both_ways_to_go_on(self, tmp_path: Path) -> None:
        with pytest.raises(
            InputError, match=r"3 rows have a weight that is not above 0: .*weight_from = 1 .*'subtract'"
        ):
            load(tmp_path, write(tmp_path, *self.ROWS), feedback="implicit", columns=self.COLUMNS)

    def test_are_left_out_and_counted(self, tmp_path: Path) -> None:
        said: list[str] = []
        name = write(tmp_path, *self.ROWS)
        bought = load(tmp_path, name, said, feedback="implicit", columns=self.COLUMNS, weight_from=1)
        assert sorted(rows_of(bought)) == [("a", "x", 3), ("b", "x", 2), ("b", "y", 1)]
        assert said == [f"{tmp_path / name}: left out 3 of 6 rows for data.weight_from = 1, 3 of them below 0"]

    def test_or_taken_off_what_was_bought(self, tmp_path: Path) -> None:
        said: list[str] = []
        name = write(tmp_path, *self.ROWS)
        bought = load(tmp_path, name, said, feedback="implicit", columns=self.COLUMNS, returns="subtract")
        assert sorted(rows_of(bought)) == [("a", "x", 2), ("b", "y", 1)]
        assert "left out 2 of 4 pairs, whose goods were all returned" in said[0]

    def test_of_everything_leave_nothing(self, tmp_path: Path) -> None:
        name = write(tmp_path, self.ROWS[0], "a,x,-1", "b,y,-2")
        for data in ({"returns": "subtract"}, {"weight_from": 1}):
            with pytest.raises(InputError, match=r"everything that was bought was returned|the highest weight is -1"):
                load(tmp_path, name, feedback="implicit", columns=self.COLUMNS, **data)

    @given(
        rows=st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-5, 5).filter(bool)), min_size=1, max_size=30
        )
    )
    def test_a_pair_keeps_what_is_left_of_it(
        self, rows: list[tuple[int, int, int]], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        folder, left = tmp_path_factory.mktemp("returns"), dict[tuple[int, int], int]()
        for user, item, count in [*rows, (9, 9, 1)]:
            left[user, item] = left.get((user, item), 0) + count
        name = write(folder, self.ROWS[0], *(f"{u},{i},{n}" for u, i, n in [*rows, (9, 9, 1)]))
        bought = load(folder, name, feedback="implicit", columns=self.COLUMNS, returns="subtract")
        assert {(u, i): n for u, i, n in rows_of(bought)} == {pair: n for pair, n in left.items() if n > 0}


class TestCounts:
    DRAW = np.random.default_rng(0)

    @pytest.mark.parametrize("tail", [0.8, 1.2, 2.0])
    def test_as_ratings_are_asked_about_with_the_line_for_either(self, tail: float, tmp_path: Path) -> None:
        counts = np.ceil(self.DRAW.pareto(tail, 2000) * 3).clip(1).astype(int)
        name = write(tmp_path, "user,item,n", *(f"u{at},i,{count}" for at, count in enumerate(counts)))
        with pytest.raises(InputError) as failure:
            load(tmp_path, name, columns={"rating": "n"})
        assert f"look like counts, from 1 to {counts.max():g}" in str(failure.value)
        assert "data.columns.weight = 'n' and data.weight_scale = 'log'" in str(failure.value)
        kept = load(tmp_path, name, columns={"rating": "n"}, scale=(1, int(counts.max())))
        assert len(kept) == 2000
        plays = load(tmp_path, name, feedback="implicit", columns={"weight": "n"}, weight_scale="log")
        assert len(plays) == 2000

    @pytest.mark.parametrize(
        ("low", "high"), [(0, 1), (0, 5), (0.5, 5), (1, 5), (1, 10), (0, 100), (1, 100), (-10, 10), (-5, 5)]
    )
    @pytest.mark.parametrize("peak", [0.2, 0.5, 0.8])
    def test_ratings_on_any_usual_scale_are_not(self, low: float, high: float, peak: float, tmp_path: Path) -> None:
        step = (high - low) / 10
        drawn = np.round(self.DRAW.triangular(low, low + peak * (high - low), high, 2000) / step) * step
        values = [*(round(value, 6) for value in drawn.clip(low, high)), low, high]
        name = write(tmp_path, "user,item,rating", *(f"u{at},i,{value}" for at, value in enumerate(values)))
        assert len(load(tmp_path, name)) == 2002
