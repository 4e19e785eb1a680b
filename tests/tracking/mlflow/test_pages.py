"""Tests of MLflow's pages: the settings that they get, and the text that a browser shows."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from tracking_samples import make_header, make_result, make_trial

from recsys.data.ratings import Catalogue
from recsys.tracking.mlflow.pages import describe
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.mlflow.ui import ui_command

PARAMETERS = ["embedding_size", "learning_rate"]


@pytest.fixture
def swept(store: MlflowStore, catalogue: Catalogue) -> MlflowStore:
    """A store with a sweep of three trials that has ended, of which one opened the test part."""
    tracker = store.create_sweep(make_header(trials=3), catalogue)
    trials = [make_trial(number) for number in range(3)]
    tracker.start(trials)
    for trial, value in zip(trials, (0.93, 0.91, 0.92), strict=True):
        tracker.finish(make_result(trial, value=value))
    tracker.close({}, finished=True)
    best = min(tracker.records(), key=lambda record: record.finished.value)  # type: ignore[union-attr,return-value,arg-type]
    store.log_test(best.run_id, {"rmse": 0.905})
    return store


class TestASweep:
    def test_describes_itself_with_its_best_trials_and_how_to_go_on(self, swept: MlflowStore) -> None:
        note = swept.find("first").tags["mlflow.note.content"]
        assert "3 of 3 trials on tiny" in note
        assert note.index("| 1 | 0.9100 |") < note.index("| 2 | 0.9200 |") < note.index("| 0 | 0.9300 |")
        assert "recsys promote first" in note

    def test_that_is_not_at_its_end_says_how_to_resume(self, swept: MlflowStore) -> None:
        records = swept.open_sweep("first").records()
        assert "recsys resume first" in describe(make_header(trials=4), records)

    def test_can_be_sorted_by_its_best_trial_and_by_the_test_part(self, swept: MlflowStore) -> None:
        metrics = swept.find("first").metrics
        assert (metrics["best_rmse"], metrics["test_rmse"]) == (0.91, 0.905)

    def test_says_where_it_comes_from_as_its_trials_do(self, swept: MlflowStore) -> None:
        client = MlflowClient(swept.uri)
        (experiment,) = [each for each in client.search_experiments() if each.name == "tiny"]
        assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"
        for run in client.search_runs([experiment.experiment_id]):
            assert run.data.tags["mlflow.source.name"] == "recsys"
            assert run.data.tags["mlflow.user"]


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def address(swept: MlflowStore) -> Iterator[str]:
    port = free_port()
    command, environment = ui_command(swept.uri, port)
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=environment, start_new_session=True, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def annotations_of(page: str, browser: str, profile: Path) -> str:
    """What stands on a page once its scripts have run."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--window-size=1600,1000"]
    command = [browser, *flags, f"--user-data-dir={profile}", "--dump-dom", page]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.slow
def test_a_browser_opens_a_sweeps_trials_sorted_by_the_objective_with_their_parameters(
    swept: MlflowStore, address: str, tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("there is no Chromium on this machine to look with")
    page = annotations_of(address + swept.view("first", PARAMETERS), browser, tmp_path)
    places = [page.index(word) for word in ("trial-001", "trial-002", "trial-000")]
    assert places == sorted(places)
    for word in ("best_rmse", *PARAMETERS, "3 matching runs", "Sweeps over recommender models"):
        assert word in page.replace("<strong>", "").replace("</strong>", "").replace("<span>", ""), word
