"""Tests of relocation: it changes all addresses or none, and refuses while a sweep runs."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from tracking_samples import make_header, make_result, make_trial

from recsys.data.ratings import Catalogue
from recsys.errors import InputError
from recsys.locks import locked
from recsys.store.client import connect
from recsys.store.relocation import Move
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.mlflow.tags import HEADER
from recsys.workflows.setup.relocate import relocate

EXPERIMENT = """
[data]
source = "/old place/data/ratings.csv"
separator = "/"

[data.titles]
path = "/old place/titles.csv"

[model]
kind = "mf"

[note]
long = "{}"
"""


def begun(store: MlflowStore, catalogue: Catalogue, name: str = "first", *, long: int = 1) -> str:
    """A sweep with one trial that has ended; its own run's id."""
    tracker = store.create_sweep(make_header(name, experiment=EXPERIMENT.replace("{}", "x" * long)), catalogue)
    tracker.start([make_trial(0)])
    tracker.finish(make_result(make_trial(0)))
    tracker.close({}, finished=True)
    return tracker.run_id


def dump(uri: str) -> list[str]:
    with sqlite3.connect(uri.removeprefix("sqlite:///")) as database:
        return sorted(database.iterdump())


class TestAMove:
    @pytest.mark.parametrize(
        ("address", "moved"),
        [
            ("/old", "/new place"),
            ("/old/a b", "/new place/a b"),
            ("file:///old/a%20b%3F", "file:///new%20place/a%20b%3F"),
            ("/older/a", None),
            ("file:///older", None),
            ("s3://old/a", None),
            ("models:/m/1", None),
        ],
    )
    def test_is_of_whole_folders_and_keeps_the_form(self, address: str, moved: str | None) -> None:
        assert Move.of("/old/", "/new place").address(address) == moved

    def test_may_be_of_addresses(self) -> None:
        move = Move.of("s3://bucket/here/", "s3://other/there")
        assert move.address("s3://bucket/here/1/a") == "s3://other/there/1/a"
        assert move.address("s3://bucket/hereafter") is None
        assert Move.of("/old", "s3://bucket").address("file:///old/1/a") == "s3://bucket/1/a"
        assert Move.of("s3://bucket", "/old place").address("s3://bucket/1/a") == "/old place/1/a"
        assert Move.of("file:///old%20place", "/new").address("/old place/a") == "/new/a"

    def test_of_a_path_is_from_where_the_command_is_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert Move.of("a", "b/") == Move(f"{tmp_path}/a", f"{tmp_path}/b")


class TestStoredExperiments:
    @pytest.mark.parametrize("length", [1, 4600, 20_000])
    def test_name_their_files_anew_and_nothing_else_changes(
        self, length: int, store: MlflowStore, catalogue: Catalogue
    ) -> None:
        begun(store, catalogue, long=length)
        before = store.header("first")
        new = "/a much longer new place" * 20
        done = relocate("/old place", new, tracking_uri=store.uri)
        assert {what: count for what, count in done.changed.items() if count} == {"stored experiments": 1}
        after = store.header("first")
        assert f'source = "{new}/data/ratings.csv"' in after.experiment
        assert f'path = "{new}/titles.csv"' in after.experiment
        assert 'separator = "/"' in after.experiment
        relocate(new, "/old place", tracking_uri=store.uri)
        back = store.header("first")
        assert tomllib.loads(back.experiment) == tomllib.loads(before.experiment)
        assert replace(back, experiment="") == replace(before, experiment="")

    def test_that_cannot_be_read_are_left_alone(self, store: MlflowStore, catalogue: Catalogue) -> None:
        odd, client = begun(store, catalogue, "odd"), MlflowClient(store.uri)
        begun(store, catalogue)
        for value in ("{not json", "[1]", '{"experiment": "[data"}', '{"experiment": 3}', "{}"):
            client.set_tag(odd, HEADER, value)
            for old, new in (("/old place", "/new"), ("/new", "/old place")):
                assert relocate(old, new, tracking_uri=store.uri).changed["stored experiments"] == 1
            assert client.get_run(odd).data.tags[HEADER] == value


class TestAKilledRelocation:
    SCRIPT = """
import os, signal, sys
from recsys.tracking.mlflow import relocation
from recsys.workflows.setup.relocate import relocate
rewrite = relocation.rewrite_headers
times = []
def killed(*words):
    times.append(rewrite(*words))
    print("rewritten", flush=True)
    if len(times) == 2:  # the first is the count, the second in the middle of the transaction that would be written
        os.kill(os.getpid(), signal.SIGKILL)
    return times[0]
relocation.rewrite_headers = killed
relocate(sys.argv[1], sys.argv[2], tracking_uri=sys.argv[3])
"""

    def test_leaves_the_store_as_it_was(self, store: MlflowStore, catalogue: Catalogue, tmp_path: Path) -> None:
        begun(store, catalogue)
        before = dump(store.uri)
        words = [sys.executable, "-c", self.SCRIPT, str(tmp_path), "/new", store.uri]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert done.stdout.count("rewritten") == 2
        assert dump(store.uri) == before
        assert store.open_sweep("first").records()[0].finished is not None
        assert relocate(tmp_path, "/new", tracking_uri=store.uri).written


class TestWhileASweepRuns:
    def test_nothing_is_relocated(self, store: MlflowStore, catalogue: Catalogue, tmp_path: Path) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])
        before = dump(store.uri)
        with locked(f"sweep first in {tmp_path}/mlflow.db", wait=False):
            held = subprocess.run(self.command(tmp_path, store.uri), capture_output=True, text=True, check=False)
        assert held.returncode == 2
        assert "sweep 'first' is running in another process" in held.stderr
        assert dump(store.uri) == before
        # a sweep that was killed is as good as ended
        assert subprocess.run(self.command(tmp_path, store.uri), capture_output=True, check=False).returncode == 0

    def test_nor_where_it_began_before_the_move(self, store: MlflowStore, catalogue: Catalogue, tmp_path: Path) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])
        (tmp_path / "after").mkdir()
        for name in ("mlflow.db", "artifacts"):
            shutil.move(tmp_path / name, tmp_path / "after" / name)
        with (
            locked(f"sweep first in {tmp_path}/mlflow.db", wait=False),
            pytest.raises(InputError, match="which began it before the move"),
        ):
            relocate(tmp_path, tmp_path / "after", tracking_uri=f"sqlite:///{tmp_path}/after/mlflow.db")

    @staticmethod
    def command(old: Path, uri: str) -> list[str]:
        return [sys.executable, "-m", "recsys.cli", "relocate", str(old), "/new", "--tracking-uri", uri]


def test_a_server_is_told_to_be_relocated_in_its_database(store: MlflowStore) -> None:
    store.uri = "https://me:s3cret@there"
    from recsys.tracking.mlflow.relocation import relocate as rewrite

    with pytest.raises(InputError, match=r"is a server.*--tracking-uri .*postgresql://") as caught:
        rewrite(store, Move("/a", "/b"), dry_run=False, reporter=print)
    assert "s3cret" not in str(caught.value)


@pytest.mark.slow
def test_a_postgresql_store_is_relocated_too(postgresql: str, catalogue: Catalogue, tmp_path: Path) -> None:
    client = connect(postgresql, create=True)
    store = MlflowStore(postgresql, root=tmp_path / "before")
    run_id = begun(store, catalogue)
    recorded = client.get_run(run_id).info.artifact_uri
    (tmp_path / "before").rename(tmp_path / "after")
    assert client.list_artifacts(run_id) == []
    done = relocate(tmp_path / "before", tmp_path / "after", dry_run=True, tracking_uri=postgresql)
    assert client.get_run(run_id).info.artifact_uri == recorded
    done = relocate(tmp_path / "before", tmp_path / "after", tracking_uri=postgresql)
    assert (done.changed["runs.artifact_uri"], done.backup) == (2, None)
    assert {file.path for file in client.list_artifacts(run_id)} >= {"experiment.toml"}
    assert relocate("/old place", "/new", tracking_uri=postgresql).changed["stored experiments"] == 1
    assert 'source = "/new/data/ratings.csv"' in MlflowStore(postgresql).header("first").experiment
