"""The protocol of a store of sweeps: what workflows read and write, whoever keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from recsys.reporter import Reporter, quiet
from recsys.tracking.annotations import Annotations
from recsys.tracking.summary import Relocated, RunInfo, SweepSummary
from recsys.tracking.tracker import Header, Recorded, Tracker
from recsys.tracking.warm_start import WarmStart
from recsys.training.trial import Weights

if TYPE_CHECKING:
    from recsys.data.ratings import Catalogue
    from recsys.store.relocation import Move


class Store(Protocol):
    """Sweeps and trials, their curves, weights and files, and what people say of them.

    A sweep is known by its name, a trial by the id of its run. Every method raises `NotFoundError` where there is no
    such sweep or run, and `StoreError` where the store does not answer.
    """

    uri: str
    """The store's address."""

    # sweeps

    def create_sweep(self, header: Header, catalogue: Catalogue, warm_start: WarmStart | None = None) -> Tracker:
        """Begin a sweep; `InputError` where there is one of that name already."""
        ...

    def open_sweep(self, name: str, catalogue: Catalogue | None = None) -> Tracker:
        """A sweep that exists: to go on with it, which needs the catalogue, or to read its records."""
        ...

    def held(self, name: str, reporter: Reporter = quiet) -> AbstractContextManager[None]:
        """Hold the sweep while it runs here; `InputError` where another process runs it."""
        ...

    def header(self, name: str) -> Header:
        """What was written down of the sweep before its first trial."""
        ...

    def raise_budget(self, name: str, trials: int, minutes: float | None) -> None:
        """Give the sweep a higher total budget."""
        ...

    def replace_experiment(self, name: str, experiment: str) -> None:
        """Store the sweep's experiment anew, as TOML."""
        ...

    def warm_start(self, name: str) -> WarmStart | None:
        """The trials of other sweeps that the sweep began with; None where nothing is written down."""
        ...

    def write_warm_start(self, name: str, warm_start: WarmStart) -> None:
        """Write down the trials of other sweeps that the sweep begins with."""
        ...

    def summary(self, name: str) -> SweepSummary:
        """The sweep at a glance."""
        ...

    def sweeps(self, reporter: Reporter = quiet) -> list[SweepSummary]:
        """All sweeps that can be read, the latest first; the reporter gets a line about the others."""
        ...

    def names(self) -> set[str]:
        """The names of all sweeps."""
        ...

    def running(self) -> list[str]:
        """The names of the sweeps that run, or were killed while they did."""
        ...

    def ask_to_stop(self, name: str, *, asked: bool = True) -> None:
        """Write down that the sweep should end after its running cohorts, or take that back."""
        ...

    def asked_to_stop(self, name: str) -> bool:
        """Whether somebody has asked the sweep to end."""
        ...

    def delete(self, name: str) -> None:
        """Remove the sweep, its trials and all their files; `InputError` while it runs."""
        ...

    # trials

    def find(self, name_or_run_id: str) -> RunInfo:
        """The sweep of that name, or the sweep or trial of that run id."""
        ...

    def recorded(self, run_id: str) -> Recorded:
        """A trial's record."""
        ...

    def history(self, run_id: str) -> dict[str, list[float]]:
        """A trial's training loss and validation metrics by epoch."""
        ...

    def weights(self, run_id: str) -> Weights:
        """A trial's weights at its best epoch; `NotFoundError` where they are not kept."""
        ...

    def log_test(self, run_id: str, values: Mapping[str, float]) -> None:
        """Show what a trial reached on the test part, at the trial and at its sweep."""
        ...

    # files and pages

    def attach(self, name: str, file: str, content: bytes) -> None:
        """Add a file to a sweep."""
        ...

    def log_pictures(self, run_id: str, catalogue: Catalogue | None = None) -> None:
        """Add learning curves and Projector files to a trial; item titles come from the catalogue."""
        ...

    def view(self, name: str, parameters: Sequence[str]) -> str:
        """Save a view of the sweep's trials in the store's own pages; gives its path there."""
        ...

    def serve_ui(self, port: int, reporter: Reporter, view: str = "") -> None:
        """Serve the store's own pages on loopback until interrupted; the reporter gets the address of `view`."""
        ...

    # annotations

    def annotations(self, name_or_run_id: str) -> Annotations:
        """What people say of a sweep or a trial."""
        ...

    def write_note(self, name_or_run_id: str, note: str | None) -> None:
        """Replace the note of a sweep or a trial; None removes it."""
        ...

    def write_tags(self, name_or_run_id: str, tags: Mapping[str, str | None]) -> None:
        """Tag a sweep or a trial; None removes a tag."""
        ...

    # places

    def places(self) -> list[str]:
        """The addresses under which the store has recorded its files."""
        ...

    def relocate(self, move: Move, *, dry_run: bool, reporter: Reporter) -> Relocated:
        """Rewrite what the store has recorded of a place, as a whole or not at all."""
        ...
