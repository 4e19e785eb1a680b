"""`[objective]`: the validation metric that a sweep optimises, and the parameters of the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from recsys.errors import InputError
from recsys.evaluation.metrics.descriptive import DESCRIPTIVE_METRICS
from recsys.evaluation.metrics.metric import Metric
from recsys.evaluation.metrics.table import COSTS, METRICS, metric_of
from recsys.settings import Settings


def objective_metric(name: str) -> Metric:
    """The metric or the cost of that name.

    Raises:
        InputError: There is none.
    """
    return COSTS.get(name) or metric_of(name)


class ObjectiveSettings(Settings):
    """The metrics of validation and test. They are part of the protocol fingerprint."""

    metric: str = "rmse"
    """`rmse`, `mae`, `rounded_mae`, or a metric of lists such as `ndcg` or `diversity`."""
    metrics: tuple[str, ...] = ()
    """Several objectives instead of `metric`, such as `["ndcg", "coverage"]`. The first one chooses epochs and tests
    models. The others may also be `seconds` of training or the number of `parameters`."""
    clip: bool = True
    """Clip predicted ratings to the scale, in metrics and in serving."""
    threshold: float | None = None
    """The lowest rating of a relevant item, for ranking metrics. The default is `data.positive_from`, else 4 on a scale
    up to 5, and three quarters of the way up any other scale."""
    k: int = Field(default=10, ge=1)
    """The length of the lists that ranking metrics measure."""
    also_at: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Further lengths, such as `[5, 20]`, which give `ndcg_at_5` and so on. They are not part of the protocol. The
    sweep optimises and tests `metric` at `k`."""
    users: int | None = Field(default=None, ge=1)
    """The largest number of users that ranking metrics measure, drawn at random. The default is all users, up to 200
    million pairs of users and items, but at least 1000 users."""

    @field_validator("metric")
    @classmethod
    def _check_metric(cls, name: str) -> str:
        try:
            metric = metric_of(name)
        except InputError as error:
            raise ValueError(str(error)) from None
        if metric.of_all_lists:
            raise ValueError(f"{name} is of all lists together: no test by user exists for it; expected another metric")
        if name not in METRICS:  # a metric at another length
            raise ValueError(
                f"{name} is a metric at another length: expected a plain name, and its length as objective.k"
            )
        return name

    @model_validator(mode="before")
    @classmethod
    def _lead(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("metrics"), (list, tuple)) or not given["metrics"]:
            return given
        leading = given["metrics"][0]
        if not isinstance(leading, str):
            return given  # its type is named where the list is read
        if leading in COSTS:
            raise ValueError(f"metrics: {leading} cannot lead: name a metric before it, such as 'ndcg'")
        if given.get("metric", leading) != leading:
            raise ValueError(f"metric is {given['metric']!r}, and metrics begins with {leading!r}: leave metric out")
        return {**given, "metric": leading}

    @field_validator("metrics")
    @classmethod
    def _check_metrics(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(names) == 1:
            raise ValueError(f"{names[0]} is a single objective: give it as metric, or name another after it")
        if len(set(names)) < len(names):
            raise ValueError("one objective is named twice")
        known = {**METRICS, **COSTS}
        if strange := [name for name in names if name not in known]:
            raise ValueError(f"no objective is called {strange[0]!r}; there are {', '.join(known)}")
        of_ratings = [known[name].family == "rating" for name in names]
        if any(of_ratings) and not of_ratings[0]:
            raise ValueError("a rating metric follows a list metric: name it first, or leave it out")
        return names

    @model_validator(mode="after")
    def _check_length(self) -> Self:
        for name in self.named:
            metric = DESCRIPTIVE_METRICS.get(name)
            if metric is not None and metric.least > self.k:
                raise ValueError(f"k = {self.k}: {name} needs lists of at least {metric.least} items")
        return self

    @property
    def named(self) -> Sequence[str]:
        """The names of `metric` and of `metrics`, without repetitions."""
        return list(dict.fromkeys((self.metric, *self.metrics)))

    @property
    def objectives(self) -> tuple[Metric, ...]:
        """All objectives, the leading one first; only `metric` if `metrics` is empty."""
        return tuple(map(objective_metric, self.metrics or (self.metric,)))

    @property
    def lengths(self) -> Sequence[int]:
        """The lengths in `also_at` other than `k`, without repetitions."""
        return [length for length in dict.fromkeys(self.also_at) if length != self.k]
