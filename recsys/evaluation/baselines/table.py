"""All baselines; a new one is entered here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.data.ratings import Ratings
from recsys.errors import InputError, shown
from recsys.evaluation.baselines.again import Again
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.biases import Biases
from recsys.evaluation.baselines.ease import EASE
from recsys.evaluation.baselines.favourite_category import FavouriteCategory
from recsys.evaluation.baselines.feature_knn import FeatureKNN
from recsys.evaluation.baselines.feature_linear import FeatureLinear
from recsys.evaluation.baselines.feature_popularity import FeaturePopularity
from recsys.evaluation.baselines.global_mean import GlobalMean
from recsys.evaluation.baselines.ials import IALS
from recsys.evaluation.baselines.item_knn import ItemKNN
from recsys.evaluation.baselines.popularity import Popularity
from recsys.evaluation.baselines.rp3beta import RP3Beta
from recsys.evaluation.baselines.slim import SLIM
from recsys.evaluation.baselines.transitions import Transitions
from recsys.evaluation.baselines.user_knn import UserKNN
from recsys.evaluation.metrics.metric import Metric

RATING_BASELINES: tuple[type[Baseline], ...] = (GlobalMean, Biases)
"""The baselines of rating models."""
FEATURE_BASELINES: tuple[type[Baseline], ...] = (FeaturePopularity, FavouriteCategory, FeatureKNN, FeatureLinear)
"""The baselines of ranking models that read the features of items."""
RANKING_BASELINES: tuple[type[Baseline], ...] = (
    *(Popularity, ItemKNN, EASE, IALS, Transitions, Again),
    *FEATURE_BASELINES,
)
"""The baselines of ranking models."""
FURTHER_BASELINES: tuple[type[Baseline], ...] = (UserKNN, RP3Beta, SLIM)
"""The baselines of ranking models that an experiment adds by name."""

BASELINES: Mapping[str, type[Baseline]] = {
    each.name: each for each in (*RATING_BASELINES, *RANKING_BASELINES, *FURTHER_BASELINES)
}
"""All baselines, keyed by name."""


def baselines_for(metric: Metric, ratings: Ratings, further: Sequence[str] = ()) -> tuple[type[Baseline], ...]:
    """The baselines for a metric's family that apply to these ratings.

    Args:
        metric: The metric.
        ratings: The ratings to fit to.
        further: The names of baselines from `FURTHER_BASELINES`, which metrics of lists add.
    """
    if metric.family == "rating":
        return RATING_BASELINES
    added = tuple(each for each in FURTHER_BASELINES if each.name in further)
    return tuple(each for each in (*RANKING_BASELINES, *added) if each.applies_to(ratings))


def baseline_named(name: str) -> type[Baseline]:
    """The baseline of that name.

    Raises:
        InputError: There is no such baseline; the message lists the baselines.
    """
    if name not in BASELINES:
        raise InputError(f"no baseline is called {shown(repr(name))}; there are {', '.join(BASELINES)}")
    return BASELINES[name]
