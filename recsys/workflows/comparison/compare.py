"""Compare: the leaderboard of one or several sweeps of one protocol, by the objective of the first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import InputError, NotFoundError, write_whole
from recsys.evaluation.comparison import compare_to_best
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.evaluation.scoring import Evaluation, score
from recsys.frameworks import load_frameworks
from recsys.reporter import Reporter, quiet
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.tracker import Recorded
from recsys.workflows.comparison.comparable_sweeps import Entry, comparable_sweeps_of, one_or_more
from recsys.workflows.comparison.leaderboard import Leaderboard, Row
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.rebuild import rebuild
from recsys.workflows.search.stored import prepare_stored

if TYPE_CHECKING:
    from recsys.tracking.mlflow.store import MlflowStore


_Statistics = tuple[tuple[float, float] | None, float | None, bool | None]
_UNKNOWN: _Statistics = (None, None, None)


def compare(
    names: str | Sequence[str],
    *,
    top: int = 20,
    tracking_uri: str | None = None,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Leaderboard:
    """The leaderboard of one or several sweeps.

    Args:
        names: The sweep, or the sweeps.
        top: How many of the best get an interval and a test against the best, from their predictions of the
            validation part.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Hears of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are of different fingerprints, or one has no value of the first one's objective; the
            message says what differs.
    """
    if top < 1:
        raise InputError(f"top = {top}: expected 1 or more")
    load_frameworks()

    from recsys.registry.mlflow_access_log import MlflowAccessLog
    from recsys.tracking.mlflow.store import MlflowStore

    store = MlflowStore(tracking_uri, reporter=reporter)
    comparable = comparable_sweeps_of(store, one_or_more(names))
    prepared = {
        name: prepare_stored(header, allow_custom_factory=allow_custom_factory, reporter=reporter)
        for name, header in comparable.headers.items()
    }
    metric, first = comparable.metric, comparable.first
    front = {record.run_id for record in front_of([record for _, record in comparable.entries], goals_of(first))}
    entries = sorted(comparable.entries, key=lambda entry: bool(front) and entry[1].run_id not in front)
    scored = [_scored(store, prepared[name], record, metric) for name, record in entries[:top]]
    warm = [None if each is None else each.warm.get(metric.name) for each in scored]
    rows = _rows(entries, _statistics(metric, scored), warm, front)
    said = {name: words for name in comparable.headers if (words := store.words(name))}
    openings = len(MlflowAccessLog(store.uri).openings(fingerprint_of_test(first.protocol)))
    return Leaderboard(metric.name, metric.direction, first.fingerprint, openings, rows, said, first.further)


def _scored(store: MlflowStore, prepared: Prepared, record: Recorded, metric: Metric) -> Evaluation | None:
    """The trial on the validation part; None where only the best trial's weights are kept."""
    try:
        weights = store.weights(record.run_id)
    except NotFoundError:
        return None
    split = prepared.split
    objective = prepared.experiment.objective.model_copy(update={"metric": metric.name})
    return score(rebuild(prepared, weights, record), split.train, split.validation, objective)


def _statistics(metric: Metric, scored: Sequence[Evaluation | None]) -> list[_Statistics]:
    """Interval, corrected p value against the best, and whether it is tied with it, for each of the top."""
    statistics: list[_Statistics] = [_UNKNOWN] * len(scored)
    known = [(place, each.samples[metric.name]) for place, each in enumerate(scored) if each is not None]
    if not known or known[0][0] != 0:  # without the best there is nothing to test against
        return statistics
    comparison = compare_to_best(metric, np.stack([each.values for _, each in known], axis=1), known[0][1].users)
    if comparison is not None:
        for (place, each), p_value, tied in zip(known, comparison.p_values, comparison.tied, strict=True):
            if (interval := each.interval) is not None:
                statistics[place] = interval, float(p_value), bool(tied)
    return statistics


def _rows(
    entries: Sequence[Entry],
    statistics: Sequence[_Statistics],
    warm: Sequence[float | None],
    front: Collection[str],
) -> list[Row]:
    beyond = zip(repeat(_UNKNOWN), repeat(None), strict=False)
    return [
        Row(
            place,
            name,
            record.number,
            record.run_id,
            record.finished.value,
            *more,
            record.seconds,
            record.values,
            record.point,
            record.words,
            record.run_id in front,
            of_warm,
        )
        for place, ((name, record), (more, of_warm)) in enumerate(
            zip(entries, chain(zip(statistics, warm, strict=True), beyond), strict=False), start=1
        )
        if record.finished is not None and record.finished.value is not None
    ]


def draw_race(names: str | Sequence[str], file: Path, *, tracking_uri: str | None = None) -> None:
    """Draw the best value so far of several sweeps, against trials and against training time, as a PNG.

    Args:
        names: The sweep, or the sweeps.
        file: Where to.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps cannot be compared, or there is no such folder.
    """
    load_frameworks()

    from recsys.tracking.mlflow.store import MlflowStore
    from recsys.tracking.pictures.race import race

    if not file.parent.is_dir():
        raise InputError(f"--picture {file}: there is no folder {file.parent}")
    comparable = comparable_sweeps_of(MlflowStore(tracking_uri), one_or_more(names))
    write_whole(file, race(comparable.records, comparable.metric.name, comparable.metric.direction))
