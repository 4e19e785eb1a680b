"""Sweeps and trials in an MLflow tracking store."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, StoreError
from recsys.locks import locked
from recsys.reporter import Reporter, quiet
from recsys.store.address import database_file, identity, store_uri
from recsys.store.artifacts import upload
from recsys.store.client import all_pages, alone, connect, moved_from
from recsys.store.entities import ALL
from recsys.store.mlflow_errors import store_errors
from recsys.store.places import moved_root
from recsys.store.relocation import Move
from recsys.tracking.annotations import Annotations
from recsys.tracking.mlflow.lease import Lease, listen
from recsys.tracking.mlflow.machine import is_measured
from recsys.tracking.mlflow.pages import describe, origin, save_view
from recsys.tracking.mlflow.relocation import at_present_place, relocate
from recsys.tracking.mlflow.runs import PARENT, Runs, children, summary_of
from recsys.tracking.mlflow.sweep import log_description, log_warm_start, read_warm_start
from recsys.tracking.mlflow.tags import NOTE, STOP, SWEEP, annotations_of, header_tags, noted, read_header, read_record
from recsys.tracking.mlflow.tracker import MlflowTracker
from recsys.tracking.mlflow.trial import log_trial_pictures, record_is_final, run_history, run_weights
from recsys.tracking.mlflow.ui import serve_ui
from recsys.tracking.names import checked_name
from recsys.tracking.summary import Relocated, RunInfo, SweepSummary
from recsys.tracking.tracker import Header, Recorded
from recsys.tracking.warm_start import WarmStart
from recsys.training.trial import Weights

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from recsys.data.ratings import Catalogue

_NAMED = 3
"""How many of the sweeps that cannot be read are named."""


class MlflowStore:
    """Sweeps and trials in an MLflow tracking store.

    Args:
        uri: The store's address; by default the one in use (see `store_uri`).
        root: The folder whose `mlruns/` holds the default store and the artifacts of a database store; by default the
            current one.
        create: Whether to create a store that does not exist.
        reporter: Gets a line if the store was moved.

    Raises:
        InputError: The address is of no known kind.
        NotFoundError: There is no store, and `create` is False.
        StoreError: The store does not answer.
    """

    def __init__(
        self, uri: str | None = None, *, root: Path | None = None, create: bool = False, reporter: Reporter = quiet
    ) -> None:
        self.uri = store_uri(uri, root=root)
        self._client: MlflowClient = connect(self.uri, create=create)
        if reporter is not quiet:
            self._say_moved(reporter)
        self._runs = Runs(self._client, (root or Path.cwd()).resolve() / "mlruns")

    def _say_moved(self, reporter: Reporter) -> None:
        with store_errors(self.uri):
            former = moved_from(self._client)
        if former is not None:
            old, new = moved_root(former, database_file(self.uri).parent)
            reporter(
                f"the store was moved or copied here from {former}: its files are read and written beside it; "
                f"recsys relocate {shlex.quote(str(old))} {shlex.quote(str(new))} tells MLflow's own pages"
            )

    def create_sweep(self, header: Header, catalogue: Catalogue, warm_start: WarmStart | None = None) -> MlflowTracker:
        """Begin a sweep.

        Args:
            header: Its description.
            catalogue: All ids of its data.
            warm_start: The trials of other sweeps that it begins with.

        Raises:
            InputError: There is a sweep of that name, or the name is not admissible.
        """
        checked_name(header.name)
        is_measured(header)  # raises before anything is written
        with store_errors(self.uri), alone(self.uri):
            if self._runs.named(header.name):
                raise _taken(header.name)
            tags = {**header_tags(header), **origin(), NOTE: noted(describe(header, []), "")}
            run = self._client.create_run(self._runs.experiment(header.data_name), tags=tags, run_name=header.name)
            # on a server another process may have begun one at the same moment; each that sees another gives way
            if len(self._runs.named(header.name)) > 1:
                self._runs.remove(run)
                raise _taken(header.name)
            log_description(self._client, run, header)
            if warm_start is not None and warm_start.lessons:
                log_warm_start(self._client, run, warm_start)
            return MlflowTracker(self._client, run, catalogue, self._lease(run))

    def open_sweep(self, name: str, catalogue: Catalogue | None = None) -> MlflowTracker:
        """Open a sweep that exists, to continue it (with the catalogue) or to read its records."""
        with store_errors(self.uri):
            run = self._runs.sweep(name)
            if catalogue is None:
                return MlflowTracker(self._client, run, None)
            lease = self._lease(run)
            self._runs.settle(run.info.experiment_id)
            log_description(self._client, run, read_header(run.data.tags))
            return MlflowTracker(self._client, run, catalogue, lease)

    @contextmanager
    def held(self, name: str, reporter: Reporter = quiet) -> Iterator[None]:
        """Hold the sweep during the block; a process that ends in any way releases it.

        Args:
            name: The sweep's name.
            reporter: Gets a line if this takes a while, because another machine has held the sweep.

        Raises:
            InputError: Another process, on this machine or another, runs the sweep.
        """
        with ExitStack() as held:
            try:
                held.enter_context(locked(f"sweep {name} in {identity(self.uri)}", wait=False))
            except BlockingIOError:
                raise InputError(f"sweep {name!r} is running in another process") from None
            with store_errors(self.uri):
                for run in self._runs.named(name):
                    listen(self._client, run, name, reporter)
            yield

    def _lease(self, run: Run) -> Lease | None:
        if self.uri.startswith("sqlite"):
            return None  # file locks are enough on one machine
        lease = Lease(self._client, run.info.run_id)
        lease.begin()
        return lease

    def raise_budget(self, name: str, trials: int, minutes: float | None) -> None:
        """Record a higher total budget of the sweep."""
        self._amend(name, trials=trials, minutes=minutes)

    def replace_experiment(self, name: str, experiment: str) -> None:
        """Replace the stored experiment, as TOML, by the same one with other paths."""
        self._amend(name, experiment=experiment)

    def _amend(self, name: str, **changes: Any) -> None:
        with store_errors(self.uri):
            run = self._runs.sweep(name)
            raised = replace(read_header(run.data.tags), **changes)
            for key, value in header_tags(raised).items():
                self._client.set_tag(run.info.run_id, key, value)

    def warm_start(self, name: str) -> WarmStart | None:
        """The trials of other sweeps that the sweep began with; None if none are recorded."""
        with store_errors(self.uri):
            return read_warm_start(self._client, self._runs.sweep(name))

    def write_warm_start(self, name: str, warm_start: WarmStart) -> None:
        """Record the trials of other sweeps that the sweep begins with."""
        with store_errors(self.uri):
            log_warm_start(self._client, self._runs.sweep(name), warm_start)

    def ask_to_stop(self, name: str, *, asked: bool = True) -> None:
        """Tag the sweep's run with a request to end after the running cohorts, or take the request back."""
        with store_errors(self.uri):
            self._client.set_tag(self._runs.sweep(name).info.run_id, STOP, str(asked).lower())

    def asked_to_stop(self, name: str) -> bool:
        """Whether the sweep's run has a request to end."""
        with store_errors(self.uri):
            return bool(self._runs.sweep(name).data.tags.get(STOP) == "true")

    def header(self, name: str) -> Header:
        """The description of the sweep, with the present paths of its files."""
        with store_errors(self.uri):
            run = self._runs.sweep(name)
            return at_present_place(read_header(run.data.tags), self.uri, run.info.artifact_uri)

    def running(self) -> list[str]:
        """The names of the sweeps that run or were killed while running."""
        with store_errors(self.uri):
            found = [run.data.tags.get(SWEEP) for run in self._runs.sweeps() if run.info.status == "RUNNING"]
        return sorted({name for name in found if name})

    def summary(self, name: str) -> SweepSummary:
        """The state of the sweep, its budget, its counts of trials and its best value."""
        with store_errors(self.uri):
            return summary_of(self._runs.sweep(name))

    def sweeps(self, reporter: Reporter = quiet) -> list[SweepSummary]:
        """All sweeps, the latest first.

        Args:
            reporter: Gets a line about sweeps that are left out: damaged ones and those of a later version.
        """
        found: list[SweepSummary] = []
        unreadable: list[str] = []
        with store_errors(self.uri):
            for run in self._runs.sweeps():
                try:
                    found.append(summary_of(run))
                except StoreError as error:
                    unreadable.append(str(error))
        if unreadable:
            more = f"; and {len(unreadable) - _NAMED} more" if len(unreadable) > _NAMED else ""
            reporter(f"left out: {'; '.join(unreadable[:_NAMED])}{more}")
        return found

    def names(self) -> set[str]:
        """The names of all sweeps, including those that cannot be read."""
        with store_errors(self.uri):
            return {run.data.tags.get(SWEEP, "") for run in self._runs.sweeps()}

    def places(self) -> list[str]:
        """The recorded addresses of the artifacts of all experiments."""
        with store_errors(self.uri):
            found = all_pages(lambda token: self._client.search_experiments(ALL, page_token=token))
        return sorted({each.artifact_location for each in found})

    def relocate(self, move: Move, *, dry_run: bool, reporter: Reporter) -> Relocated:
        """Rewrite all addresses and paths in the store that lie in a place, in one transaction.

        Raises:
            InputError: The store is a server, or a sweep is running.
        """
        return relocate(self, move, dry_run=dry_run, reporter=reporter)

    def find(self, name_or_run_id: str) -> RunInfo:
        """The sweep with a name, or the sweep or trial with a run id.

        Raises:
            NotFoundError: There is neither; the message names similar sweeps.
        """
        with store_errors(self.uri):
            return self._runs.info(self._runs.find(name_or_run_id))

    def view(self, name: str, parameters: Sequence[str]) -> str:
        """Save a view of the sweep's trials in MLflow's pages; returns its path there."""
        with store_errors(self.uri):
            return save_view(self._client, self._runs.sweep(name), parameters)

    def serve_ui(self, port: int, reporter: Reporter, view: str = "") -> None:
        """Run the MLflow UI on the store until it is stopped; the reporter gets the address of `view`.

        Raises:
            InputError: The store is a server, which has its own pages.
            StoreError: The UI ended by itself.
        """
        serve_ui(self.uri, port, reporter, view)

    def log_test(self, run_id: str, values: Mapping[str, float]) -> None:
        """Log a trial's test values as metrics of the trial and of its sweep."""
        with store_errors(self.uri):
            trial = self._runs.trial(run_id)
            for each in (run_id, trial.data.tags[PARENT]):
                for name, value in values.items():
                    self._client.log_metric(each, f"test_{name}", value)

    def delete(self, name: str) -> None:
        """Remove the sweep, its trials and all their artifacts permanently.

        Raises:
            InputError: The sweep is running.
        """
        with self.held(name), store_errors(self.uri):
            parent = self._runs.sweep(name)
            for run in children(self._client, parent):
                self._runs.remove(run)
            self._runs.remove(parent)

    def recorded(self, run_id: str) -> Recorded:
        """The record of a trial."""
        with store_errors(self.uri):
            run = self._runs.trial(run_id)
            return read_record(run_id, run.data.tags, terminated=record_is_final(run))

    def weights(self, run_id: str) -> Weights:
        """A trial's weights at its best epoch."""
        with store_errors(self.uri):
            return run_weights(self._client, self._runs.trial(run_id))

    def history(self, run_id: str) -> dict[str, list[float]]:
        """A trial's training loss and validation metrics by epoch."""
        with store_errors(self.uri):
            return run_history(self._client, self._runs.trial(run_id))

    def log_pictures(self, run_id: str, catalogue: Catalogue | None = None) -> None:
        """Add learning curves and Projector files to a trial's run; item titles come from the catalogue."""
        with store_errors(self.uri):
            log_trial_pictures(self._client, self._runs.trial(run_id), catalogue)

    def annotations(self, name_or_run_id: str) -> Annotations:
        """The note and tags of a sweep or a trial."""
        return annotations_of(self.find(name_or_run_id).tags)

    def write_note(self, name_or_run_id: str, note: str | None) -> None:
        """Replace the note of a sweep or a trial; None removes it.

        Raises:
            InputError: There is no note to remove.
        """
        tags = self.find(name_or_run_id).tags
        if note is None and not annotations_of(tags).note:
            raise InputError(f"{name_or_run_id}: no note")
        self.write_tags(name_or_run_id, {NOTE: noted(tags.get(NOTE, ""), note or "") or None})

    def write_tags(self, name_or_run_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags of a sweep or a trial; None removes a tag.

        Raises:
            InputError: There is no such tag to remove.
        """
        run = self.find(name_or_run_id)
        for name in (name for name, value in tags.items() if value is None and name not in run.tags):
            there = ", ".join(sorted(annotations_of(run.tags).tags)) or "no tags"
            raise InputError(f"{name_or_run_id}: no tag {name!r}: it has {there}")
        with store_errors(self.uri):
            for name, value in tags.items():
                if value is None:
                    self._client.delete_tag(run.run_id, name)
                else:
                    self._client.set_tag(run.run_id, name, value)

    def attach(self, name: str, file: str, content: bytes) -> None:
        """Add a file to the sweep's run."""
        with store_errors(self.uri), upload(self._client, self._runs.sweep(name)) as folder:
            (folder / file).write_bytes(content)


def _taken(name: str) -> InputError:
    return InputError(f"sweep {name!r}: there is one of that name already; resume or delete it, or give another --name")
