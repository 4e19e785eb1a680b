"""What of an experiment is written down before its first trial, under which name, and how it is read again."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from typing import Any

from recsys.experiment import Experiment, experiment_from
from recsys.tracking.names import name_after
from recsys.tracking.tracker import Header
from recsys.workflows.searching.environment import environment
from recsys.workflows.searching.prepare import Prepared


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
