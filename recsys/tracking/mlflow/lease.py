"""Lease: which process may write a sweep, among machines that share a store but no locks.

Who holds a sweep writes a beat into a tag of its run. Who wants a sweep that another machine holds listens first, and
is refused where it hears a beat; and a holder that finds another's name in the tag has lost the sweep and stops.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from mlflow import MlflowClient
from mlflow.entities import Run

from recsys.errors import InputError, RecsysError, StoreError
from recsys.locks import place
from recsys.reporter import Reporter
from recsys.store.mlflow_errors import store_errors

BEAT = 10.0
"""Seconds between two beats."""
SILENCE = 3
"""Beats that have to be missing before a sweep counts as abandoned."""
TAG = "recsys.lease"


@dataclass(frozen=True)
class Claim:
    """What a holder writes."""

    process: str
    host: str
    place: str
    """Where its locks are: a process of the same place has the lock, or it could not ask for the lease."""
    beat: int = 0


class Lease:
    """The right to write one sweep, kept up by a thread until `end`."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client, self._run_id = client, run_id
        self._claim = Claim(uuid.uuid4().hex, socket.gethostname(), place())
        self._lost_to: str | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def begin(self) -> None:
        """Claim the sweep.

        Raises:
            InputError: Another machine has claimed it at the same moment.
        """
        self._write()
        self._ended.wait(1.0)
        if not self._is_ours():
            raise InputError(f"this sweep is running on {self._lost_to}")
        self._thread.start()

    def check(self) -> None:
        """Raise where the sweep is another's.

        Raises:
            RecsysError: It is.
        """
        if self._lost_to is not None:
            raise RecsysError(
                f"the store could not be reached for so long that {self._lost_to} has taken over the sweep"
            )

    def end(self) -> None:
        """Beat no more."""
        self._ended.set()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(StoreError):  # the tracker is the one to wait for a store, or to give up
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
    """Who holds, or held, the sweep of this run."""
    return Claim(**json.loads(run.data.tags[TAG])) if TAG in run.data.tags else None


def listen(client: MlflowClient, run: Run, name: str, reporter: Reporter) -> None:
    """Make sure that no other machine runs a sweep, which takes half a minute where one did and has not ended it.

    Raises:
        InputError: One does.
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
