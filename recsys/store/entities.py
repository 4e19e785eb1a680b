"""What `SqliteClient` reads: runs, experiments and registered models, with the names that MLflow's entities have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ACTIVE, DELETED, ALL = 1, 2, 3
"""The values of MLflow's `ViewType`: which runs and experiments to read."""


class Page(list[object]):
    """A page of a list.

    Args:
        found: The items of the page.
        token: What to ask for the next page; None for the last page.
    """

    def __init__(self, found: list[object], token: str | None = None) -> None:
        super().__init__(found)
        self.token = token


@dataclass(frozen=True)
class Experiment:
    """An experiment."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str


@dataclass(frozen=True)
class RunInfo:
    """What a run is."""

    run_id: str
    run_name: str
    experiment_id: str
    status: str
    start_time: int
    """Milliseconds since 1970."""
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str


@dataclass(frozen=True)
class RunData:
    """What a run has recorded."""

    metrics: Mapping[str, float]
    """The latest value of each metric."""
    params: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """A run."""

    info: RunInfo
    data: RunData


@dataclass(frozen=True)
class Measured:
    """A value of a metric."""

    key: str
    value: float
    timestamp: int
    step: int


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model."""

    name: str
    aliases: Mapping[str, int]
    """Numbers of versions by alias."""


@dataclass(frozen=True)
class ModelVersion:
    """A version of a registered model."""

    name: str
    version: int
    creation_timestamp: int
    source: str
    tags: Mapping[str, str]
