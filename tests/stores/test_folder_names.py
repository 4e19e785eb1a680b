"""Tests of unusual folder names: the store, its artifacts, the data and the experiment are found in the folder."""

from __future__ import annotations

import shutil
import string
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mlflow import MlflowClient

from recsys.data.ratings import Catalogue
from recsys.experiment import load_experiment
from recsys.store.address import sqlite_uri
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.tracker import Header
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.stored import header_of, stored_experiment
from recsys.workflows.setup.relocate import relocate

names = st.text(
    st.sampled_from(string.ascii_letters + string.digits + " ?#%&=+@:;,.!~$^*()[]{}'\"`|<>\\äß日🎬"),
    min_size=1,
    max_size=12,
).filter(lambda name: name.strip(".") != "")

EXPERIMENT = """
[data]
source = "ratings ?#%.csv"

[model]
kind = "mf"

[space]
learning_rate = { type = "float", low = 2e-2, high = 4e-2 }
"""


def begun(folder: Path, fresh_database: Path) -> Header:
    """A sweep of data in a folder, in the store that is in use there."""
    (folder / "mlruns").mkdir(parents=True)
    shutil.copy(fresh_database, folder / "mlruns" / "mlflow.db")
    rows = [f"{user},{item},{(user * item) % 5 + 1}" for user in range(20) for item in range(10)]
    (folder / "ratings ?#%.csv").write_text("user,item,rating\n" + "\n".join(rows), encoding="utf-8")
    (folder / "small.toml").write_text(EXPERIMENT, encoding="utf-8")
    prepared = prepare(load_experiment(folder / "small.toml"))
    header = header_of(prepared, "first", "sweep")
    MlflowStore(root=folder).create_sweep(header, prepared.catalogue).close({}, finished=True)
    return header


@settings(max_examples=6)
@given(before=names, after=names)
@example(before="a?b", after="c#d")
@example(before="100%", after="a%20b")
@example(before="a%3Fb", after="?")
@example(before="Größe 日本", after="a b&c=d")
def test_a_project_in_it_is_whole_and_so_it_is_after_a_move(before: str, after: str, fresh_database: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        old, new = root / "1" / before, root / "2" / after
        header = begun(old, fresh_database)
        assert [path.name for path in (root / "1").iterdir()] == [before]  # and nothing is beside it
        assert {path.name for path in old.iterdir()} == {"mlruns", "ratings ?#%.csv", "small.toml"}
        new.parent.mkdir()
        old.rename(new)
        store = MlflowStore(root=new)
        stored = store.header("first")
        assert prepare(stored_experiment(stored)).digest == header.data_digest
        store.attach("first", "page.html", b"<p>")
        store.create_sweep(replaced(stored), Catalogue(pd.Index([1]), pd.Index([2])))
        run_id = store.find("first").run_id
        relocate(old, new, tracking_uri=sqlite_uri(new / "mlruns" / "mlflow.db"))
        found = MlflowClient(store.uri).list_artifacts(run_id)
        assert {file.path for file in found} >= {"experiment.toml", "page.html"}
        assert [path.name for path in root.iterdir() if path.name != "2"] == ["1"]
        assert list((root / "1").iterdir()) == []
        assert [path.name for path in (root / "2").iterdir()] == [after]


def replaced(header: Header) -> Header:
    return Header(**{**vars(header), "name": "second"})
