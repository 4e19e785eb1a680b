"""Sweeps with the same protocol, whose trials are ranked by one objective."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.protocol import check_comparable
from recsys.tracking.tracker import Header, Recorded, best_of

if TYPE_CHECKING:
    from recsys.tracking.store import Store

Entry = tuple[str, Recorded]
"""A trial and the name of its sweep."""


@dataclass(frozen=True)
class ComparableSweeps:
    """Sweeps with one protocol. The value of every trial is that of the first sweep's objective."""

    headers: Mapping[str, Header]
    """The headers, by the name of the sweep."""
    records: Mapping[str, Sequence[Recorded]]
    """The trials, by the name of the sweep."""
    metric: Metric
    """The first sweep's objective."""

    @property
    def first(self) -> Header:
        """Return the header of the first sweep."""
        return next(iter(self.headers.values()))

    @property
    def entries(self) -> list[Entry]:
        """Return the complete trials of all sweeps, the best first."""
        pairs = [
            (name, record) for name, each in self.records.items() for record in best_of(each, self.first.direction)
        ]
        return sorted(pairs, key=lambda pair: self.metric.sort_key(pair[1].values[self.metric.name]))


def comparable_sweeps_of(store: Store, names: Sequence[str]) -> ComparableSweeps:
    """Load the sweeps with the given names.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: Their protocols differ, or a sweep has no values of the first sweep's objective.
    """
    headers = {name: store.header(name) for name in names}
    check_comparable({name: header.protocol for name, header in headers.items()})
    first = next(iter(headers.values()))
    records = {
        name: [_measured(record, header, first) for record in store.open_sweep(name).records()]
        for name, header in headers.items()
    }
    return ComparableSweeps(headers, records, metric_of(first.metric))


def one_or_more(names: str | Sequence[str]) -> Sequence[str]:
    """Return a name or several names as a sequence."""
    return [names] if isinstance(names, str) else names


def _measured(record: Recorded, sweep: Header, first: Header) -> Recorded:
    """Return the record with the value of the first sweep's objective."""
    if sweep.metric == first.metric or record.finished is None or record.finished.value is None:
        return record
    if first.metric not in record.values:
        raise InputError(
            f"{first.name} and {sweep.name} cannot be compared: objective.metric is {first.metric} in one and "
            f"{sweep.metric} in the other, whose trials have no {first.metric}"
        )
    return replace(record, finished=replace(record.finished, value=record.values[first.metric]))
