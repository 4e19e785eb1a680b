"""What of an experiment is written down before its first trial, under which name, and how it is read again."""

from __future__ import annotations

import shlex
from itertools import chain, count
from pathlib import Path
from typing import Any

from recsys.errors import InputError, shown
from recsys.experiment import Experiment, experiment_from
from recsys.reporter import Reporter, quiet
from recsys.tracking.names import name_after
from recsys.tracking.tracker import Header
from recsys.workflows.search.environment import environment
from recsys.workflows.search.prepare import Prepared, prepare

PLACES = ("data.source", "data.titles.path", "split.test", "split.validation.path")
"""What of a stored experiment says where its files are, which may change while they stay the same."""


def free_name(name: str, taken: set[str]) -> str:
    """A name after that of a file, with the first free number behind it where it is taken."""
    name = name_after(name)
    return next(n for n in chain([name], (f"{name}-{k}" for k in count(2))) if n not in taken)


def header_of(prepared: Prepared, name: str, kind: Any) -> Header:
    """What is written down before the first trial."""
    experiment, train = prepared.experiment, prepared.split.train
    return Header(
        name=name,
        kind=kind,
        experiment=experiment.anchored.to_toml(),
        data_name=train.name,
        data_digest=prepared.digest,
        fingerprint=prepared.fingerprint,
        protocol=prepared.protocol,
        metric=prepared.metric.name,
        direction=prepared.metric.direction,
        trials=experiment.study.trials if kind == "sweep" else 1,
        ratings=prepared.ratings,
        users=prepared.catalogue.users,
        items=prepared.catalogue.items,
        tags=environment(),
        minutes=experiment.study.minutes if kind == "sweep" else None,
        file=experiment.name,
        further=experiment.objective.metrics[1:],
    )


def stored_experiment(stored: Header) -> Experiment:
    """The effective experiment of a sweep, as it was stored."""
    import tomllib

    return experiment_from(
        tomllib.loads(stored.experiment),
        source=f"stored experiment of {stored.name}",
        folder=Path.cwd(),
        name=stored.name,
    )


def stored_with(stored: Header, data: Path | None) -> Experiment:
    """The stored experiment of a sweep, with a file in the place of its source, where there is one."""
    experiment = stored_experiment(stored)
    return experiment if data is None else experiment.replaced({"data.source": str(data)})


def prepare_stored(
    stored: Header,
    data: Path | None = None,
    *,
    sealed: bool = True,
    allow_custom_factory: bool = False,
    reporter: Reporter = quiet,
) -> Prepared:
    """Load and split the ratings of a sweep, as `prepare` does.

    Args:
        stored: What was written down of the sweep.
        data: A file in the place of its source, with the same data.
        sealed: Leave no test rating in memory.
        allow_custom_factory: Whether `[model] factory` may run code of the user's own.
        reporter: Hears of downloads.

    Raises:
        InputError: Its data are not where they were, are wrong, or are not those that it was measured on: weights that
            were recorded for other data mean nothing.
    """
    experiment = stored_with(stored, data)
    check_data_are_there(experiment, stored.name)
    prepared = prepare(experiment, sealed=sealed, allow_custom_factory=allow_custom_factory, reporter=reporter)
    if data is not None:
        require_same_data(stored, prepared, data)
    require_same_protocol(stored, prepared)
    return prepared


def require_same_protocol(stored: Header, prepared: Prepared) -> None:
    """Refuse to compare what a sweep has recorded with what is measured otherwise today.

    Raises:
        InputError: Its data, or what its numbers mean, have changed since; the message says in what.
    """
    if prepared.fingerprint != stored.fingerprint:
        from recsys.evaluation.protocol import differing_parts

        what = "; ".join(differing_parts(stored.protocol, prepared.protocol))
        raise InputError(
            f"{stored.name} was measured otherwise: {what}; recsys sweep --from {stored.name} runs it again"
        )


def require_same_data(stored: Header, prepared: Prepared, data: Path) -> None:
    """Refuse data that are not those of a sweep.

    Raises:
        InputError: They differ.
    """
    if prepared.digest != stored.data_digest:
        raise InputError(
            f"{shown(data, 200)}: these are not the data of {stored.name}: their digest is {prepared.digest}, and the "
            f"sweep's {stored.data_digest}"
        )


def check_data_are_there(experiment: Experiment, sweep: str) -> None:
    """Refuse a stored experiment whose data have gone, with what to do about it.

    Raises:
        InputError: They have.
    """
    source = experiment.folder / experiment.data.source
    if experiment.data.is_file and not source.exists():
        raise InputError(
            f"sweep {sweep!r}: its data are not at {source} any more; if they were moved, "
            f"recsys relocate {shlex.quote(str(source))} NEW_PLACE says where they are"
        )
