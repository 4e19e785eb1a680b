"""The table of baselines: to add one, write its file and name it here."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.errors import InputError, shown
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.global_mean import GlobalMean
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.metrics.metric import Metric

RATING_BASELINES: tuple[type[Baseline], ...] = (GlobalMean, Biases)
"""What a rating model has to beat."""
RANKING_BASELINES: tuple[type[Baseline], ...] = (Popularity, ItemKNN, EASE, IALS)
"""What a model that ranks has to beat."""

BASELINES: Mapping[str, type[Baseline]] = {each.name: each for each in (*RATING_BASELINES, *RANKING_BASELINES)}
"""Every baseline by its name."""


def baselines_for(metric: Metric) -> tuple[type[Baseline], ...]:
    """The baselines that a metric judges."""
    return RATING_BASELINES if metric.family == "rating" else RANKING_BASELINES


def baseline_named(name: str) -> type[Baseline]:
    """The baseline of that name.

    Raises:
        InputError: There is none; the message lists those there are.
    """
    if name not in BASELINES:
        raise InputError(f"no baseline is called {shown(repr(name))}; there are {', '.join(BASELINES)}")
    return BASELINES[name]
