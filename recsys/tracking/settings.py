"""`[tracking]`: what the store keeps of every trial."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from recsys.settings import OWN, Settings
from recsys.spaces.parameter import Value


class TrackingSettings(Settings):
    """The content of the tracking store, and the time that a sweep waits for it."""

    embeddings: Literal["all", "best"] = "all"
    """Keep the weights of every trial, or only those of the best trial, which saves space for large tables."""
    patience: float = Field(default=60.0, ge=0)
    """The seconds that a sweep waits for a store that does not answer, before it stops."""
    system_metrics: bool = False
    """Log MLflow's system metrics of the coordinator's machine: processor, memory, disk, network and GPU."""
    mirror: str | None = Field(default=None, pattern=OWN)
    """A second tracker, which gets every trial as well: a class with the methods of `recsys.Tracker`, as
    `package.module:Class`. It runs code of your own, so `--allow-custom-tracker` must allow it."""
    mirror_arguments: dict[str, Value] | None = None
    """The keyword arguments of the mirror's class."""

    @model_validator(mode="after")
    def _check_arguments(self) -> Self:
        if self.mirror is None:
            self.refuse(("mirror_arguments",), "there is no mirror; give tracking.mirror")
        return self
