"""List: the sweeps of a store, those that are wanted, in the order that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from recsys.errors import InputError, NotFoundError
from recsys.evaluation.metrics.metric import sort_key
from recsys.reporter import Reporter, quiet
from recsys.store.address import default_uri, store_uri
from recsys.tracking.annotations import tags_of
from recsys.workflows.search.stores import open_store

if TYPE_CHECKING:
    from recsys.tracking.summary import SweepSummary

STATES = ("running", "finished", "failed", "killed")
"""How a sweep may stand; one that was killed or interrupted can be resumed."""


@dataclass(frozen=True)
class Wanted:
    """Which sweeps: those of which all that is given is true. Names may be patterns, such as `mf*`."""

    experiment: str | None = None
    """The name of the experiment's file, without its ending."""
    data: str | None = None
    model: str | None = None
    state: str | None = None
    metric: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.state is not None and self.state.lower() not in STATES:
            raise InputError(f"state {self.state!r}: expected {', '.join(STATES)}")

    def admits(self, sweep: SweepSummary) -> bool:
        """Whether it is one of them."""
        pairs = (
            (self.experiment, sweep.experiment),
            (self.data, sweep.data),
            (self.model, sweep.model),
            (self.state and self.state.lower(), sweep.state.lower()),
            (self.metric, sweep.metric),
        )
        return sweep.words.has(self.tags) and all(given is None or fnmatchcase(own, given) for given, own in pairs)


def _by_value(sweep: SweepSummary) -> tuple[Any, ...]:
    """The best first, and metrics apart."""
    return sweep.metric, sweep.best is None, sort_key(sweep.best or 0.0, sweep.direction)


ORDERS: Mapping[str, Callable[[SweepSummary], Any]] = {
    "date": lambda sweep: -sweep.started.timestamp(),
    "value": _by_value,
    "name": lambda sweep: sweep.name,
}
"""What sweeps are sorted by: the newest first, the best first, by name."""


def list_sweeps(
    *,
    experiment: str | None = None,
    data: str | None = None,
    model: str | None = None,
    state: str | None = None,
    metric: str | None = None,
    tags: Sequence[str] = (),
    sort: str = "date",
    tracking_uri: str | None = None,
    reporter: Reporter = quiet,
) -> list[SweepSummary]:
    """The sweeps in the store, or those of which all that is given is true.

    Args:
        experiment: The name of the experiment's file, without its ending; as all names here also a pattern, `mf*`.
        data: The data set's name.
        model: The model's kind, or its factory.
        state: running, finished, failed, or killed, which can be resumed.
        metric: The objective.
        tags: As `key=value`, or `key` for any value.
        sort: By date, the newest first; by value, the best first; or by name.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Hears of sweeps that cannot be read, which are left out, and that the store was moved.

    Raises:
        InputError: There is no such state or order.
        NotFoundError: There is no store of that address.
    """
    if sort not in ORDERS:
        raise InputError(f"sort {sort!r}: expected {', '.join(ORDERS)}")
    wanted = Wanted(experiment, data, model, state, metric, tags_of(tags, bare=True))

    try:
        store = open_store(tracking_uri, reporter=reporter)
    except NotFoundError:
        if store_uri(tracking_uri) != default_uri():
            raise
        return []  # nobody has named it: there is no sweep here yet
    return sorted(filter(wanted.admits, store.sweeps(reporter)), key=ORDERS[sort])
