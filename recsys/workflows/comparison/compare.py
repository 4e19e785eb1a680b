"""The leaderboard of sweeps with one protocol, by the objective of the first sweep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import InputError, NotFoundError, write_whole
from recsys.evaluation.comparison import compare_to_best
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.evaluation.scoring import EvaluationResult, defined_rows, score
from recsys.frameworks import load_tensorflow
from recsys.reporter import Reporter, quiet
from recsys.tracking.front import front_of, goals_of
from recsys.tracking.tracker import Recorded
from recsys.workflows.comparison.comparable_sweeps import ComparableSweeps, Entry, comparable_sweeps_of, one_or_more
from recsys.workflows.comparison.leaderboard import Leaderboard, Row
from recsys.workflows.search.prepare import Prepared
from recsys.workflows.search.stored import prepare_sweeps, rebuild
from recsys.workflows.search.stores import open_access_log, open_store

if TYPE_CHECKING:
    from recsys.tracking.store import Store


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
    """Return the leaderboard of one or several sweeps.

    Args:
        names: The name of a sweep, or several names.
        top: The number of best trials that get an interval and a test against the best, from predictions on validation.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.
        allow_custom_factory: Whether `[model] factory` may run code of the user.
        reporter: Receives messages, such as those of downloads.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps have different fingerprints, or one has no values of the first sweep's objective. The
            message names the difference.
    """
    if top < 1:
        raise InputError(f"top = {top}: expected 1 or more")
    load_tensorflow()

    store = open_store(tracking_uri, reporter=reporter)
    comparable = comparable_sweeps_of(store, one_or_more(names))
    prepared = prepare_sweeps(comparable.headers, allow_custom_factory=allow_custom_factory, reporter=reporter)
    return leaderboard_of(store, comparable, prepared, top)


def leaderboard_of(
    store: Store, comparable: ComparableSweeps, prepared: Mapping[str, Prepared], top: int
) -> Leaderboard:
    """Return the leaderboard of sweeps whose data are already prepared.

    Args:
        store: The store of the sweeps.
        comparable: The sweeps.
        prepared: The prepared data, by the name of the sweep.
        top: The number of best trials that get an interval and a test against the best.
    """
    metric, first = comparable.metric, comparable.first
    front = {record.run_id for record in front_of([record for _, record in comparable.entries], goals_of(first))}
    entries = sorted(comparable.entries, key=lambda entry: bool(front) and entry[1].run_id not in front)
    scored = [_scored(store, prepared[name], record, metric) for name, record in entries[:top]]
    divided = [_divided(each, metric) for each in scored]
    rows = _rows(entries, _statistics(metric, scored), divided, front)
    said = {name: words for name in comparable.headers if (words := store.annotations(name))}
    openings = len(open_access_log(store.uri).openings(fingerprint_of_test(first.protocol)))
    return Leaderboard(metric.name, metric.direction, first.fingerprint, openings, rows, said, first.further)


def _divided(scored: EvaluationResult | None, metric: Metric) -> tuple[float | None, float | None]:
    """Return the objective over what is warm and over what is cold."""
    return (None, None) if scored is None else (scored.warm.get(metric.name), scored.cold.get(metric.name))


def _scored(store: Store, prepared: Prepared, record: Recorded, metric: Metric) -> EvaluationResult | None:
    """Evaluate the trial on the validation part; return None if its weights were not stored."""
    try:
        weights = store.weights(record.run_id)
    except NotFoundError:
        return None
    split = prepared.split
    objective = prepared.experiment.objective.model_copy(update={"metric": metric.name})
    return score(rebuild(prepared, weights, record), split.train, split.validation, objective)


def _statistics(metric: Metric, scored: Sequence[EvaluationResult | None]) -> list[_Statistics]:
    """Return the interval, the corrected p value against the best, and whether it is tied, for each top trial."""
    statistics: list[_Statistics] = [_UNKNOWN] * len(scored)
    known = [(place, each.samples[metric.name]) for place, each in enumerate(scored) if each is not None]
    if not known or known[0][0] != 0:  # the tests need the predictions of the best trial
        return statistics
    samples = [each.values for _, each in known]
    rows = defined_rows(metric.name, *samples)
    comparison = compare_to_best(metric, np.stack(samples, axis=1)[rows], known[0][1].users[rows])
    if comparison is not None:
        for (place, each), p_value, tied in zip(known, comparison.p_values, comparison.tied, strict=True):
            if (interval := each.interval) is not None:
                statistics[place] = interval, float(p_value), bool(tied)
    return statistics


def _rows(
    entries: Sequence[Entry],
    statistics: Sequence[_Statistics],
    divided: Sequence[tuple[float | None, float | None]],
    front: Collection[str],
) -> list[Row]:
    beyond = zip(repeat(_UNKNOWN), repeat((None, None)), strict=False)
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
            *warm_and_cold,
        )
        for place, ((name, record), (more, warm_and_cold)) in enumerate(
            zip(entries, chain(zip(statistics, divided, strict=True), beyond), strict=False), start=1
        )
        if record.finished is not None and record.finished.value is not None
    ]


def draw_race(names: str | Sequence[str], file: Path, *, tracking_uri: str | None = None) -> None:
    """Draw the best value so far of several sweeps, by trials and by training time, as a PNG.

    Args:
        names: The name of a sweep, or several names.
        file: The file to write.
        tracking_uri: The store; `MLFLOW_TRACKING_URI` or `mlruns/` by default.

    Raises:
        NotFoundError: There is no such sweep.
        InputError: The sweeps are not comparable, or the folder of `file` does not exist.
    """
    from recsys.tracking.pictures.race import race

    if not file.parent.is_dir():
        raise InputError(f"--picture {file}: there is no folder {file.parent}")
    comparable = comparable_sweeps_of(open_store(tracking_uri), one_or_more(names))
    write_whole(file, race(comparable.records, comparable.metric.name, comparable.metric.direction))
