"""`[data.synthetic]`: what drawn data are like."""

from __future__ import annotations

from pydantic import Field

from recsys.settings import Settings


class SyntheticSettings(Settings):
    """`[data.synthetic]`: ratings or events drawn from a random low-rank model, for `source = "synthetic"`."""

    users: int = Field(default=200, ge=2, lt=2**31)
    """How many users."""
    items: int = Field(default=100, ge=2, lt=2**31)
    """How many items."""
    ratings: int = Field(default=5000, ge=10)
    """How many of their pairs have a rating; of implicit data how many events there are, repeated pairs among them."""
    rank: int = Field(default=4, ge=1)
    """The size of the vectors that the ratings are made from; of implicit events the number of tastes."""
    noise: float = Field(default=0.5, ge=0, allow_inf_nan=False)
    """The standard deviation of what no model can know; of ratings only."""
    popularity: float = Field(default=0.8, ge=0, allow_inf_nan=False)
    """Implicit events only: the n-th most popular item is drawn in proportion to 1 / n to this power."""
    seed: int = Field(default=0, ge=0)
    """Another one gives other ratings."""
