"""`[tracking]`: what the store keeps of every trial."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from recsys.settings import OWN, Settings
from recsys.spaces.parameter import Value


class TrackingSettings(Settings):
    """What the tracking store keeps, and how long a sweep waits for it."""

    embeddings: Literal["all", "best"] = "all"
    """Keep the weights of every trial, or, for huge tables, of the best one only."""
    patience: float = Field(default=60.0, ge=0)
    """Seconds for which a store that does not answer is tried again before the sweep stops."""
    system_metrics: bool = False
    """Chart what the coordinator's machine does, as MLflow's system metrics: processor, memory, disk, network, GPU."""
    mirror: str | None = Field(default=None, pattern=OWN)
    """A second tracker that every trial is written to as well: a class as `package.module:Class`, with the methods of
    `recsys.tracking.tracker.Tracker`. It is code, so `--allow-custom-tracker` has to allow it."""
    mirror_arguments: dict[str, Value] | None = None
    """What the mirror is made with, after the sweep's header and the catalogue of ids."""

    @model_validator(mode="after")
    def _check_arguments(self) -> Self:
        if self.mirror is None:
            self.refuse(("mirror_arguments",), "there is no mirror; give tracking.mirror")
        return self
