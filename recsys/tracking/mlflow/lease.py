"""Lease: which process may write a sweep, among machines that share a store but no file locks.

The holder of a sweep writes a heartbeat into a tag of its run. A process that wants a sweep of another machine waits
for some beats, and is refused if the tag changes. A holder that finds another process in the tag stops.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from recsys.errors import InputError, RecsysError, StoreError
from recsys.locks import place
from recsys.reporter import Reporter
from recsys.store.mlflow_errors import store_errors

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

BEAT = 10.0
"""Seconds between two heartbeats."""
SILENCE = 3
"""How many heartbeats must be missing before a sweep counts as abandoned."""
TAG = "recsys.lease"


@dataclass(frozen=True)
class Claim:
    """The content of the tag."""

    process: str
    host: str
    place: str
    """Where its file locks are; processes with the same place exclude each other by those."""
    beat: int = 0


class Lease:
    """The right to write one sweep; a thread renews it until `end`."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client, self._run_id = client, run_id
        self._claim = Claim(uuid.uuid4().hex, socket.gethostname(), place())
        self._lost_to: str | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def begin(self) -> None:
        """Claim the sweep.

        Raises:
            InputError: Another machine claimed the sweep at the same moment.
        """
        self._write()
        self._ended.wait(1.0)
        if not self._is_ours():
            raise InputError(f"this sweep is running on {self._lost_to}")
        self._thread.start()

    def check(self) -> None:
        """Check that no other process has taken over the sweep.

        Raises:
            RecsysError: One has.
        """
        if self._lost_to is not None:
            raise RecsysError(
                f"the store could not be reached for so long that {self._lost_to} has taken over the sweep"
            )

    def end(self) -> None:
        """Stop the heartbeat."""
        self._ended.set()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(StoreError):  # the tracker decides how long to wait for a store
                if not self._is_ours():
                    return
                self._claim = replace(self._claim, beat=self._claim.beat + 1)
                self._write()

    def _write(self) -> None:
        with store_errors(self._client.tracking_uri):
            self._client.set_tag(self._run_id, TAG, json.dumps(asdict(self._claim)))

    def _is_ours(self) -> bool:
        with store_errors(self._client.tracking_uri):
            found = claim_of(self._client.get_run(self._run_id))
        if found is not None and found.process != self._claim.process:
            self._lost_to = found.host
        return self._lost_to is None


def claim_of(run: Run) -> Claim | None:
    """The last holder of the sweep of this run; None if there was none."""
    return Claim(**json.loads(run.data.tags[TAG])) if TAG in run.data.tags else None


def listen(client: MlflowClient, run: Run, name: str, reporter: Reporter) -> None:
    """Check that no other machine runs a sweep; this takes half a minute if another began it and never ended it.

    Raises:
        InputError: Another machine runs the sweep.
    """
    held = claim_of(run)
    if held is None or held.place == place() or run.info.status != "RUNNING":
        return
    reporter(f"sweep {name!r} was running on {held.host}: listening for {SILENCE * BEAT:.0f} s whether it still is")
    deadline = time.monotonic() + SILENCE * BEAT
    while time.monotonic() < deadline:
        time.sleep(BEAT / 4)
        if claim_of(client.get_run(run.info.run_id)) != held:
            raise InputError(f"sweep {name!r} is running on {held.host}")
