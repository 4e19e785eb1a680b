"""Tests that a fault of the store gives a clear message and a sweep that can be resumed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from backends import SMOKE, TrackingServer, recsys

from recsys.errors import StoreError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.search.progress import Progress
from recsys.workflows.search.resume import resume
from recsys.workflows.search.sweep import sweep

pytestmark = pytest.mark.slow
TRIALS = 6
WORDS = ["study.batch=2", "training.epochs=3", f"study.trials={TRIALS}", "training.patience=0"]


def values(store: MlflowStore, name: str) -> list[Any]:
    """The points of a sweep's trials and what they came to."""
    return [(dict(r.point), pytest.approx(r.values, abs=1e-4)) for r in store.open_sweep(name).records()]


class Once:
    """A watcher that does something once, when so many trials have ended."""

    def __init__(self, done: int, action: Any) -> None:
        self.done, self.action = done, action

    def __call__(self, progress: Progress) -> None:
        if self.action and progress.done >= self.done:
            action, self.action = self.action, None
            action()


class TestATrackingServerThatGoesAway:
    def test_it_is_waited_for(self, server: TrackingServer) -> None:
        def restart_later() -> None:
            server.stop()
            Timer(5, server.start).start()

        result = sweep(SMOKE, overrides=WORDS, tracking_uri=server.address, watch=Once(2, restart_later))
        assert result.trials["complete"] == TRIALS
        records = MlflowStore(server.address).open_sweep("smoke").records()
        assert [record.number for record in records] == list(range(TRIALS))
        assert all(record.finished for record in records)

    def test_after_a_while_the_sweep_stops_and_can_be_resumed(self, server: TrackingServer) -> None:
        sweep(SMOKE, name="undisturbed", overrides=WORDS, tracking_uri=server.address)
        impatient = [*WORDS, "tracking.patience=1"]
        with pytest.raises(StoreError, match=server.address):
            sweep(SMOKE, overrides=impatient, tracking_uri=server.address, watch=Once(2, server.stop))
        server.start()
        assert resume("smoke", tracking_uri=server.address).trials["complete"] == TRIALS
        store = MlflowStore(server.address)
        assert [(dict(r.point), r.values) for r in store.open_sweep("smoke").records()] == values(store, "undisturbed")
        assert {summary.state for summary in store.sweeps()} == {"FINISHED"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_stops_the_sweep_which_is_resumed_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    words = [*WORDS, "tracking.patience=1", "data.synthetic.users=4000", "point.embedding_size=40"]
    settings = [word for setting in words for word in ("--set", setting)]
    store = ["--json", "--tracking-uri", f"sqlite:///{small_disk}/mlflow.db"]
    process = recsys("sweep", SMOKE, *settings, *store, cwd=tmp_path)
    _, errors = process.communicate(timeout=200)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "No space left" in errors or "full" in errors, errors

    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    process = recsys("resume", "smoke", *store, cwd=tmp_path)
    output, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    assert json.loads(output)["trials"] == {"complete": TRIALS, "pruned": 0, "failed": 0}
    records = MlflowStore(store[-1]).open_sweep("smoke").records()
    assert len({record.run_id for record in records}) == TRIALS
