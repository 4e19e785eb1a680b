"""Tests of the MLflow store: its content, and its error messages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from at_once import at_once
from tracking_samples import make_header, make_result, make_trial

from recsys.credentials import masked
from recsys.data.ratings import Catalogue
from recsys.errors import InputError, NotFoundError, StoreError
from recsys.store.artifacts import delete_files
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.mlflow.ui import ui_command


def begin(uri: str, name: str) -> None:
    """A first use of a store: what a worker does, in a process of its own."""
    tracker = MlflowStore(uri, create=True).create_sweep(make_header(name), Catalogue(pd.Index([1]), pd.Index([2])))
    tracker.start([make_trial(0)])


def test_processes_may_use_a_fresh_store_for_the_first_time_at_once(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert at_once(begin, [(uri, name) for name in "abc"]) == [0, 0, 0]
    assert sorted(summary.name for summary in MlflowStore(uri).sweeps()) == ["a", "b", "c"]


def test_of_sweeps_of_one_name_started_at_once_exactly_one_begins(store_uri: str) -> None:
    assert sorted(at_once(begin, [(store_uri, "same")] * 3)) == [0, 1, 1]  # type: ignore[type-var]
    assert len(MlflowStore(store_uri).sweeps()) == 1


def test_a_second_sweep_of_the_same_name_is_refused(store: MlflowStore, catalogue: Catalogue) -> None:
    store.create_sweep(make_header(), catalogue)
    with pytest.raises(InputError, match=r"'first'.*of that name already"):
        store.create_sweep(make_header(data_name="another"), catalogue)


def test_the_header_comes_back_as_it_was_however_long(store: MlflowStore, catalogue: Catalogue) -> None:
    header = make_header(experiment="# é\n" * 5000)
    store.create_sweep(header, catalogue)
    assert MlflowStore(store.uri).header("first") == header


def test_a_sweep_at_a_glance(store: MlflowStore, catalogue: Catalogue) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(0), make_trial(1)])
    tracker.finish(make_result(make_trial(0), value=0.9))
    tracker.flush()
    (summary,) = store.sweeps()
    assert (summary.name, summary.kind, summary.state, summary.data) == ("first", "sweep", "RUNNING", "tiny")
    assert (summary.metric, summary.best, summary.complete, summary.total) == ("rmse", 0.9, 1, 64)


def test_time_and_reason_are_known_at_a_glance_and_the_reason_until_it_goes_on(
    store: MlflowStore, catalogue: Catalogue
) -> None:
    tracker = store.create_sweep(make_header(minutes=2.0), catalogue)
    assert (store.summary("first").worked, store.summary("first").minutes) == (None, 2.0)
    tracker.start([make_trial(0)])
    tracker.mark(61.26)
    assert (store.summary("first").worked, store.summary("first").stopped) == (61.3, "")
    tracker.mark(120.0, "minutes = 2: the time of work is up")
    tracker.close({}, finished=True)
    assert store.summary("first").stopped == "minutes = 2: the time of work is up"
    store.raise_budget("first", 64, 3.0)
    store.open_sweep("first", catalogue).start([make_trial(0)])
    summary = store.summary("first")
    assert (summary.stopped, summary.worked, summary.minutes, summary.state) == ("", 120.0, 3.0, "RUNNING")


def test_what_is_not_there_is_answered_with_what_comes_close(store: MlflowStore, catalogue: Catalogue) -> None:
    tracker = store.create_sweep(make_header("mf-random"), catalogue)
    assert store.find("mf-random").run_id == store.find(tracker.run_id).run_id == tracker.run_id
    with pytest.raises(NotFoundError, match="did you mean mf-random"):
        store.find("mf-randon")
    with pytest.raises(NotFoundError, match="it has mf-random"):
        store.header("o'clock")
    with pytest.raises(NotFoundError, match="not in the store"):
        store.find("0" * 32)
    with pytest.raises(InputError, match="not a trial"):
        store.weights(tracker.run_id)


def test_a_deleted_sweep_leaves_neither_run_nor_file_and_its_name_is_free(
    store: MlflowStore, catalogue: Catalogue, tmp_path: Path
) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(0)])
    tracker.finish(make_result(make_trial(0)))
    run_id = tracker.records()[0].run_id
    assert list(tmp_path.rglob("*.npz"))
    store.delete("first")
    assert [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file() or path.name == run_id] == []
    with pytest.raises(NotFoundError):
        store.recorded(run_id)
    store.create_sweep(make_header(), catalogue)


def test_what_is_not_the_runs_own_folder_is_not_deleted(
    store: MlflowStore, catalogue: Catalogue, tmp_path: Path
) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("mine")
    run = store._client.get_run(tracker.run_id)
    run = replace(run, info=replace(run.info, artifact_uri=(tmp_path / "precious").as_uri()))
    with pytest.raises(StoreError, match="precious, not in its own folder"):
        delete_files(store._client, run)
    assert (tmp_path / "precious" / "thesis.txt").exists()


@pytest.mark.parametrize("address", ["ftp://me:s3cret@host/x", "mlruns", "file:///tmp/x"])
def test_an_unknown_kind_of_store_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(InputError, match="expected sqlite") as caught:
        MlflowStore(address, create=True)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["postgresql://me:s3cret@127.0.0.1:9/db", "http://me:s3cret@127.0.0.1:9", "sqlite:////dev/null/x.db"]
)
def test_a_store_that_does_not_answer_is_named_without_its_password(
    address: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(StoreError) as caught:
        MlflowStore(address, create=True)
    assert caught.value.__cause__ is None
    assert "s3cret" not in str(caught.value) + "".join(capfd.readouterr()) + caplog.text


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"mlflow\.db.*not a database"):
        MlflowStore(f"sqlite:///{tmp_path}/mlflow.db")


@pytest.mark.parametrize(
    "text",
    ["postgresql://me:s3cret@host/db", "https://s3cret@host", "http://a:b@s3cret@h/", "x://h?password=s3cret&a=1"],
)
def test_no_form_of_a_password_survives_masking(text: str) -> None:
    assert "s3cret" not in masked(f"before {text} after")
    assert masked("a plain http://host/path stays") == "a plain http://host/path stays"


@pytest.mark.parametrize("module", ["mlflow", "uvicorn", "planted:app"])
def test_the_ui_runs_no_code_of_the_folder_it_is_started_in(module: str, tmp_path: Path) -> None:
    for name in ("mlflow", "uvicorn", "planted"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('planted code was run')")
    command, environment = ui_command(f"sqlite:///{tmp_path}/mlflow.db")
    words = {"mlflow": [*command[:3], "--version"], "uvicorn": [sys.executable, "-m", "uvicorn", "--version"]}
    run = words.get(module, [sys.executable, "-m", "uvicorn", module])
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "planted code was run" not in done.stderr
    assert "version" in done.stdout or "Running uvicorn" in done.stdout or "Could not import module" in done.stderr


def test_the_ui_of_a_server_is_the_servers_own() -> None:
    with pytest.raises(InputError, match=r"\*\*\*@host is a server already: open it in a browser"):
        ui_command("https://me:s3cret@host")


def test_the_ui_answers_on_loopback_and_shows_no_password_among_the_processes() -> None:
    command, environment = ui_command("postgresql://me:s3cret@host/db", 5001)
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert "s3cret" not in " ".join(command)
    assert environment["MLFLOW_BACKEND_STORE_URI"] == "postgresql://me:s3cret@host/db"
