"""`[training]`: how long a trial trains, and when it stops."""

from __future__ import annotations

from pydantic import Field

from recsys.settings import Settings


class TrainingSettings(Settings):
    """How every trial of an experiment is trained."""

    epochs: int = Field(default=30, ge=1)
    """Passes over the training ratings, at most."""
    patience: int = Field(default=3, ge=0)
    """Stop a trial after so many epochs without a better validation metric; 0 never stops."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Seed of the shuffling, the same for every trial of the experiment."""
