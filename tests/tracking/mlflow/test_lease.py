"""Tests of two machines that share a store without locks: one writes the sweep, and the other gets an error.

The tests simulate a machine by a separate folder of locks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from recsys.errors import InputError, RecsysError
from recsys.tracking.mlflow import lease as module
from recsys.tracking.mlflow.lease import Lease, claim_of, listen


@pytest.fixture
def client(store_uri: str) -> MlflowClient:
    return MlflowClient(store_uri)


@pytest.fixture
def run(client: MlflowClient) -> Run:
    return client.create_run("0")


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path / "here"))
    monkeypatch.setattr(module, "BEAT", 0.1)


@pytest.fixture
def elsewhere(client: MlflowClient, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lease]:
    """The lease of a process on another machine, which has begun the sweep."""
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path / "elsewhere"))
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    lease = Lease(client, run.info.run_id)
    lease.begin()
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path / "here"))
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    yield lease
    lease.end()


def ask(client: MlflowClient, run: Run) -> list[str]:
    """Listen for the holder of the sweep; what was said."""
    said: list[str] = []
    listen(client, client.get_run(run.info.run_id), "mf", said.append)
    return said


def test_a_sweep_that_runs_on_another_machine_is_refused(client: MlflowClient, run: Run, elsewhere: Lease) -> None:
    with pytest.raises(InputError, match="'mf' is running on elsewhere"):
        ask(client, run)


def test_one_that_another_machine_has_left_is_free_after_a_while(
    client: MlflowClient, run: Run, elsewhere: Lease
) -> None:
    elsewhere.end()
    assert ["elsewhere" in line for line in ask(client, run)] == [True]


def test_one_that_another_machine_has_ended_is_free_at_once(client: MlflowClient, run: Run, elsewhere: Lease) -> None:
    client.set_terminated(run.info.run_id, "KILLED")
    assert ask(client, run) == []


def test_one_that_this_machine_has_left_is_free_at_once(client: MlflowClient, run: Run) -> None:
    lease = Lease(client, run.info.run_id)
    lease.begin()
    lease.end()
    assert ask(client, run) == []


def test_who_is_overtaken_stops(client: MlflowClient, run: Run, elsewhere: Lease) -> None:
    elsewhere.check()
    lease = Lease(client, run.info.run_id)
    lease.begin()
    elsewhere._thread.join(5)
    with pytest.raises(RecsysError, match="here has taken over"):
        elsewhere.check()
    lease.end()
    assert claim_of(client.get_run(run.info.run_id)) == lease._claim


def test_of_two_that_resume_at_once_one_begins(client: MlflowClient, run: Run) -> None:
    first = Lease(client, run.info.run_id)
    first.begin()
    first.end()
    leases, refused = [Lease(client, run.info.run_id) for _ in range(2)], []

    def begin(lease: Lease) -> None:
        try:
            lease.begin()
        except InputError:
            refused.append(lease)

    threads = [threading.Thread(target=begin, args=(lease,)) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    for lease in leases:
        lease.end()
    assert len(refused) == 1
