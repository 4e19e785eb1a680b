"""All losses, keyed by the name that `loss` has in points, experiment files and MLflow."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.losses.bpr import BPR
from recsys.losses.logistic import LOGISTIC
from recsys.losses.loss import Family, Loss, RankingLoss, RatingLoss
from recsys.losses.rating import HUBER, LOG_COSH, MEAN_ABSOLUTE_ERROR, MEAN_SQUARED_ERROR
from recsys.losses.softmax import SOFTMAX
from recsys.losses.weighted_squared import WEIGHTED_SQUARED

_ALL: tuple[Loss, ...] = (
    MEAN_SQUARED_ERROR,
    MEAN_ABSOLUTE_ERROR,
    HUBER,
    LOG_COSH,
    SOFTMAX,
    WEIGHTED_SQUARED,
    LOGISTIC,
    BPR,
)
LOSSES: Mapping[str, Loss] = {loss.name: loss for loss in _ALL}
RATING_LOSSES = tuple(loss for loss in _ALL if isinstance(loss, RatingLoss))
RANKING_LOSSES: Mapping[str, RankingLoss] = {loss.name: loss for loss in _ALL if isinstance(loss, RankingLoss)}


def family_of(name: object) -> Family:
    """The family of the loss of that name: "rating" or "ranking"."""
    return LOSSES[str(name)].family
