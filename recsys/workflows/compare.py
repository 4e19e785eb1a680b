"""Compare: the leaderboard of one or several sweeps of one protocol fingerprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import numpy as np

from recsys.errors import InputError
from recsys.evaluation.comparison import compare_to_best
from recsys.evaluation.metric import Metric, metric_of
from recsys.evaluation.protocol import check_comparable
from recsys.evaluation.scoring import Losses, score
from recsys.spaces.parameter import Value
from recsys.tracking.tracker import Recorded, best_of
from recsys.training.trial import Weights
from recsys.workflows.frameworks import load_frameworks
from recsys.workflows.prepare import Prepared, Say, prepare, quiet
from recsys.workflows.rebuild import rebuilt
from recsys.workflows.sweep import stored_experiment


@dataclass(frozen=True)
class Row:
    """A trial on the leaderboard."""

    rank: int
    sweep: str
    trial: int
    run_id: str
    value: float
    interval: tuple[float, float] | None
    """95 % bootstrap interval clustered by user; None below the compared top."""
    p_value: float | None
    """Paired test against the best, Holm-corrected; None below the compared top."""
    tied: bool | None
    """Whether it cannot be told apart from the best at 5 %; None below the compared top."""
    seconds: float
    params: Mapping[str, Value]


@dataclass(frozen=True)
class Leaderboard:
    """Trials by the objective, the best first."""

    metric: str
    direction: str
    fingerprint: str
    openings: int
    """How often the test part of this split has been opened."""
    rows: Sequence[Row]


def compare(
    names: Sequence[str],
    *,
    top: int = 20,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    say: Say = quiet,
) -> Leaderboard:
    """The leaderboard of one or several sweeps.

    Args:
        names: The sweeps.
        top: How many of the best get an interval and a test against the best, from their predictions of the
            validation part.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        say: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are of different fingerprints; the message says what differs.
    """
    load_frameworks()

    from recsys.registry.mlflow_openings import MlflowOpenings
    from recsys.tracking.mlflow_store import MlflowStore

    store = MlflowStore(tracking_uri)
    headers = {name: store.header(name) for name in names}
    check_comparable({name: header.protocol for name, header in headers.items()})
    first = next(iter(headers.values()))
    metric = metric_of(first.metric)
    entries = [
        (name, record) for name in headers for record in best_of(store.open_sweep(name).records(), first.direction)
    ]
    entries.sort(key=lambda entry: metric.sort_key(entry[1].values[metric.name]))
    prepared = {
        name: prepare(stored_experiment(header), allow_custom_factory=allow_custom_factory, say=say)
        for name, header in headers.items()
    }
    losses = [_losses(prepared[name], store.weights(record.run_id), record) for name, record in entries[:top]]
    rows = _rows(entries, _statistics(metric, losses))
    openings = len(MlflowOpenings(store.uri).openings(first.fingerprint))
    return Leaderboard(metric.name, metric.direction, first.fingerprint, openings, rows)


_Statistics = Sequence[tuple[tuple[float, float], float, bool]]


def _losses(prepared: Prepared, weights: Weights, record: Recorded) -> Losses:
    """What the objective is the mean of, on the validation part."""
    split = prepared.split
    scored = score(rebuilt(prepared, weights, record), split.train, split.validation, prepared.experiment.objective)
    return scored.objective(prepared.metric.name)


def _statistics(metric: Metric, losses: Sequence[Losses]) -> _Statistics:
    """Interval, corrected p value against the best, and whether it is tied with it, for each of the top."""
    if not losses:
        return []
    comparison = compare_to_best(metric, np.stack([each.values for each in losses], axis=1), losses[0].users)
    if comparison is None:
        return []
    intervals = [each.interval for each in losses]
    return list(zip(intervals, map(float, comparison.p_values), map(bool, comparison.tied), strict=True))


def _rows(entries: Sequence[tuple[str, Recorded]], statistics: _Statistics) -> list[Row]:
    padded = chain(statistics, repeat((None, None, None)))
    return [
        Row(place, name, record.number, record.run_id, record.told.value, *more, record.seconds, record.point)
        for place, ((name, record), more) in enumerate(zip(entries, padded, strict=False), start=1)
        if record.told is not None and record.told.value is not None
    ]


def draw(names: Sequence[str], file: Path, *, tracking_uri: str | None = None) -> None:
    """Draw the best value so far of several sweeps, against trials and against training time, as a PNG.

    Args:
        names: The sweeps.
        file: Where to.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are of different fingerprints, or there is no such folder.
    """
    load_frameworks()

    from recsys.tracking.mlflow_store import MlflowStore
    from recsys.tracking.pictures import race

    if not file.parent.is_dir():
        raise InputError(f"--picture {file}: there is no folder {file.parent}")
    store = MlflowStore(tracking_uri)
    headers = {name: store.header(name) for name in names}
    check_comparable({name: header.protocol for name, header in headers.items()})
    first = headers[names[0]]
    records = {name: store.open_sweep(name).records() for name in names}
    file.write_bytes(race(records, first.metric, first.direction))
