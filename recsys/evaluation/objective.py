"""`[objective]`: the validation metric that a sweep optimises, and what the metrics' definitions depend on."""

from __future__ import annotations

from pydantic import Field, field_validator

from recsys.errors import InputError
from recsys.evaluation.metric import metric_of
from recsys.settings import Settings


class ObjectiveSettings(Settings):
    """What is measured on validation and test; part of the protocol fingerprint."""

    metric: str = "rmse"
    """`rmse`, `mae`, `rounded_mae`, or a ranking metric such as `ndcg`."""
    clip: bool = True
    """Clip predictions to the scale before they are measured or served."""
    threshold: float = 4.0
    """A rating of at least this much makes an item relevant to its user, for the ranking metrics."""
    k: int = Field(default=10, ge=1)
    """The length of the ranked list that the ranking metrics look at."""

    @field_validator("metric")
    @classmethod
    def _check_metric(cls, name: str) -> str:
        try:
            metric = metric_of(name)
        except InputError as error:
            raise ValueError(str(error)) from None
        if metric.of_all_lists:
            raise ValueError(f"{name} is of all lists together, so that nothing can be tested on it by user")
        return name
