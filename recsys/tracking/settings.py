"""`[tracking]`: what is kept of every trial."""

from __future__ import annotations

from typing import Literal

from recsys.settings import Settings


class TrackingSettings(Settings):
    """What the tracking store keeps."""

    embeddings: Literal["all", "best"] = "all"
    """Keep the weights of every trial, or, for huge tables, of the best one only."""
