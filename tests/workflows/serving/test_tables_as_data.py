"""Tests of tables in memory: all functions that take a file accept them, and later commands find their data again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import recsys
from recsys.data.tables import kept_table
from recsys.errors import InputError, RecsysError
from recsys.experiment import load_experiment

RANDOM = np.random.default_rng(7)
PAIRS = RANDOM.choice(30 * 20, 320, replace=False)
FRAME = pd.DataFrame(
    {
        "person": [f"u{pair // 20}" for pair in PAIRS],
        "item": PAIRS % 20,
        "rating": RANDOM.integers(1, 6, len(PAIRS)),
        "note": ["x"] * len(PAIRS),
    }
)
QUICK = ["study.trials=2", "study.batch=2", "training.epochs=2", "objective.metric=rmse"]


class Exported:
    """A table of another library, that is known by its Arrow stream alone; its text is in views, as polars has it."""

    def __init__(self, table: pa.Table) -> None:
        views = [
            column.cast(pa.string_view())
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
            else column
            for column in table.columns
        ]
        self._table = pa.table(dict(zip(table.column_names, views, strict=True)))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def polars(frame: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(frame)


KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "a record batch": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
    "an Arrow stream": lambda frame: Exported(pa.Table.from_pandas(frame, preserve_index=False)),
    "polars": polars,
}


@pytest.fixture
def uri(store_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store in use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store_uri)
    return store_uri


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("uri")
def test_a_table_of_any_library_is_described_as_its_file_is(kind: str, tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "r.csv", index=False)
    expected = recsys.describe_data("r.csv", overrides={"columns.user": "person"})
    found = recsys.describe_data(KINDS[kind](FRAME))
    for name in ("users", "items", "ratings", "histogram", "mean", "scale"):
        assert getattr(found, name) == getattr(expected, name)


@pytest.mark.usefixtures("uri")
def test_init_writes_an_experiment_on_the_table(tmp_path: Path) -> None:
    started = recsys.init(FRAME, output="mine.toml")
    experiment = load_experiment(started.path)
    assert experiment.data.columns.user == "person"
    assert experiment.data.source.startswith("data/table-")
    assert len(pd.read_parquet(tmp_path / experiment.data.source)) == len(FRAME)


def test_a_sweep_on_a_table_is_resumed_and_promoted_from_what_is_stored(experiment: Path, uri: str) -> None:
    said: list[str] = []
    frame = FRAME.copy()
    swept = recsys.sweep(experiment, data=frame, overrides=QUICK, reporter=said.append)
    frame["rating"] = 1  # nobody looks at the frame again
    assert swept.trials["complete"] == 2
    assert recsys.resume(swept.sweep, trials=3).trials["complete"] == 3
    (stored,) = Path("data").glob("table-*.parquet")
    assert f'source = "{stored.resolve()}"' in recsys.show(swept.sweep).toml
    promoted = recsys.promote(swept.sweep, accept_baseline_loss="a test")
    assert promoted.model == stored.stem
    assert promoted.promoted
    assert recsys.recommend("u1", n=3).items


def test_data_that_have_moved_are_handed_to_promote(experiment: Path, uri: str) -> None:
    swept = recsys.sweep(experiment, data=FRAME, overrides=QUICK)
    (stored,) = Path("data").glob("table-*.parquet")
    stored.unlink()
    with pytest.raises(RecsysError, match=r"its data are not at .* any more"):
        recsys.promote(swept.sweep, accept_baseline_loss="a test", dry_run=True)
    with pytest.raises(InputError, match="these are not the data of small"):
        recsys.promote(swept.sweep, data=FRAME[:300], accept_baseline_loss="a test", dry_run=True)
    assert recsys.promote(swept.sweep, data=FRAME, accept_baseline_loss="a test", dry_run=True).test["rmse"] > 0


@pytest.mark.usefixtures("uri")
class TestColumns:
    def test_are_as_the_experiment_says(self, experiment: Path, tmp_path: Path) -> None:
        FRAME.to_parquet(tmp_path / "r.parquet")
        odd = FRAME.rename(columns={"person": "a", "item": "b", "rating": "c"})
        columns = {"data.columns": {"user": "a", "item": "b", "rating": "c"}}
        found = recsys.baselines(experiment, data=odd, overrides=columns)
        by_name = {"data": {"source": "r.parquet", "columns": {"user": "person"}}}
        assert found.fingerprint == recsys.baselines(experiment, overrides=by_name).fingerprint
        with pytest.raises(InputError, match=r"no column 'b'; there are 'person', 'item', 'rating', 'note'"):
            recsys.baselines(experiment, data=FRAME, overrides={"data.columns": {"user": "person", "item": "b"}})

    def test_are_found_out_where_it_says_nothing(self, experiment: Path) -> None:
        said: list[str] = []
        recsys.baselines(
            experiment, data=FRAME.assign(rating=FRAME["rating"].where(FRAME.index > 9)), reporter=said.append
        )
        assert any("no rating" in line for line in said)

    def test_that_are_not_to_be_told_are_named(self, experiment: Path) -> None:
        with pytest.raises(InputError, match="the columns of users and items cannot be determined from 'a', 'b'"):
            recsys.baselines(experiment, data=FRAME[["person", "item"]].set_axis(["a", "b"], axis=1))

    def test_an_index_is_one_as_in_a_parquet_file(self) -> None:
        plain = recsys.describe_data(FRAME)
        assert recsys.describe_data(FRAME.set_index("person")).users == plain.users
        assert recsys.describe_data(FRAME.set_index(["person", "item"])).density == plain.density

    def test_of_events_need_no_ratings(self, experiment: Path) -> None:
        events = {"data.feedback": "implicit", "objective.metric": "ndcg"}
        assert recsys.baselines(experiment, data=FRAME, overrides=events).metric == "ndcg"


@pytest.mark.usefixtures("uri")
class TestWhatIsNoTable:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ([1, 2], "expected a table of pandas, polars or pyarrow, or a file, not builtins.list"),
            (FRAME["person"], r"not pandas.Series; make a frame of it: data.reset_index\(\)"),
            (FRAME.assign(person=["a", 1] * 160), "column 'person' has values of more than one kind"),
            (FRAME.set_axis(["user", "user", "rating", "x"], axis=1), "two columns are called 'user'"),
            (pa.table([[1], [2]], ["user", "user"]), "of more than one column: user"),
        ],
    )
    def test_is_refused(self, data: Any, message: str, experiment: Path) -> None:
        with pytest.raises(InputError, match=message):
            recsys.baselines(experiment, data=data)

    def test_no_rows_are_refused(self, experiment: Path) -> None:
        with pytest.raises(InputError, match="the table has no rows"):
            recsys.baselines(experiment, data=FRAME[:0])

    def test_a_source_beside_it_is_refused(self, experiment: Path) -> None:
        with pytest.raises(InputError, match=r"data and data\.source"):
            recsys.baselines(experiment, data=FRAME, overrides=["data.source=ml-100k"])


def test_a_file_may_be_handed_in_too(experiment: Path, uri: str) -> None:
    FRAME.to_csv("r.csv", index=False)
    assert recsys.baselines(experiment, data="r.csv").data == "r"


class TestKeeping:
    def test_the_same_table_is_one_file(self, tmp_path: Path) -> None:
        first = kept_table(FRAME, tmp_path)
        written = first.stat().st_mtime_ns
        assert kept_table(FRAME.copy(), tmp_path) == first
        assert first.stat().st_mtime_ns == written
        pieces = pa.Table.from_pandas(FRAME)
        cut = pa.concat_tables([pieces[:100], pieces[100:]])
        assert kept_table(pieces, tmp_path) == kept_table(cut, tmp_path)
        assert kept_table(FRAME.assign(rating=FRAME["rating"] + 1), tmp_path) != first
        assert len(list(tmp_path.iterdir())) == 3

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(RecsysError, match="the table cannot be kept there: Permission denied"):
            kept_table(FRAME, tmp_path)

    def test_so_is_one_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        with pytest.raises(RecsysError, match=r"table-\w+\.parquet: the table cannot be kept there"):
            kept_table(FRAME, tmp_path / "data")
