"""`[training]`: how long a trial trains, and when it stops."""

from __future__ import annotations

from pydantic import Field

from recsys.settings import Settings


class TrainingSettings(Settings):
    """How long every trial trains."""

    epochs: int = Field(default=30, ge=1)
    """The largest number of passes over the training ratings."""
    patience: int = Field(default=3, ge=0)
    """Stop a trial after this number of epochs without a better validation metric. 0 never stops."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """The seed of the shuffling, which is the same for every trial."""
