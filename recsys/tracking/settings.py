"""`[tracking]`: what is kept of every trial, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from recsys.settings import Settings


class TrackingSettings(Settings):
    """What the tracking store keeps, and how long it is waited for."""

    embeddings: Literal["all", "best"] = "all"
    """Keep the weights of every trial, or, for huge tables, of the best one only."""
    patience: float = Field(default=60.0, ge=0)
    """Seconds for which a store that does not answer is tried again before the sweep stops."""
    system_metrics: bool = False
    """Chart what the coordinator's machine does, as MLflow's system metrics: processor, memory, disk, network, GPU."""
