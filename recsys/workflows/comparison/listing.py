"""List the sweeps of a store, with filters and an order."""

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
"""The states of a sweep. A killed or interrupted sweep can be resumed."""


@dataclass(frozen=True)
class Wanted:
    """A filter of sweeps. A sweep passes if it matches every given field. Names may be patterns, such as `mf*`."""

    experiment: str | None = None
    """The name of the experiment file, without its ending."""
    data: str | None = None
    model: str | None = None
    state: str | None = None
    metric: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.state is not None and self.state.lower() not in STATES:
            raise InputError(f"state {self.state!r}: expected {', '.join(STATES)}")

    def admits(self, sweep: SweepSummary) -> bool:
        """Return whether the sweep passes the filter."""
        pairs = (
            (self.experiment, sweep.experiment),
            (self.data, sweep.data),
            (self.model, sweep.model),
            (self.state and self.state.lower(), sweep.state.lower()),
            (self.metric, sweep.metric),
        )
        return sweep.words.has(self.tags) and all(given is None or fnmatchcase(own, given) for given, own in pairs)


def _by_value(sweep: SweepSummary) -> tuple[Any, ...]:
    """Return a sort key that groups sweeps by metric, the best first."""
    return sweep.metric, sweep.best is None, sort_key(sweep.best or 0.0, sweep.direction)


ORDERS: Mapping[str, Callable[[SweepSummary], Any]] = {
    "date": lambda sweep: -sweep.started.timestamp(),
    "value": _by_value,
    "name": lambda sweep: sweep.name,
}
"""The sort keys by name: the newest first, the best first, alphabetical."""


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
    """List the sweeps in the store that match every given filter.

    Args:
        experiment: The name of the experiment file, without its ending. This and the other names may be patterns, such
            as `mf*`.
        data: The name of the data set.
        model: The kind of the model, or its factory.
        state: `running`, `finished`, `failed` or `killed`.
        metric: The objective.
        tags: Tags as `key=value`, or as `key` for any value.
        sort: `date` (the newest first), `value` (the best first) or `name`.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        reporter: Receives a message for each sweep that cannot be read, and if the store was moved.

    Raises:
        InputError: There is no such state or order.
        NotFoundError: There is no store at that address.
    """
    if sort not in ORDERS:
        raise InputError(f"sort {sort!r}: expected {', '.join(ORDERS)}")
    wanted = Wanted(experiment, data, model, state, metric, tags_of(tags, bare=True))

    try:
        store = open_store(tracking_uri, reporter=reporter)
    except NotFoundError:
        if store_uri(tracking_uri) != default_uri():
            raise
        return []  # the default store is created by the first sweep
    return sorted(filter(wanted.admits, store.sweeps(reporter)), key=ORDERS[sort])
