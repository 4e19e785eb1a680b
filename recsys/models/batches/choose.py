"""Which batch source a plan asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.batch_source import BatchSource
from recsys.models.batches.negatives import SharedNegatives
from recsys.models.batches.positives import positives_of
from recsys.models.batches.ratings import RatingBatches
from recsys.models.batches.user_batches import UserBatches
from recsys.models.plan import Plan
from recsys.models.solvers.solver import SolverInputs
from recsys.models.training_data import TrainingData

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind

MOST_PAIRS = 50_000_000
"""Users times items up to which a user is set against the whole catalogue."""
NEGATIVES = 256
"""Negatives that a batch shares where the point does not say."""


def batches_of(kind: ModelKind, plan: Plan, inputs: SolverInputs) -> BatchSource:
    """Batches of ratings; of rankings, users against all items, or positives against negatives that a batch shares."""
    model, data = inputs.model, inputs.data
    if plan.loss is None:
        return RatingBatches(model, data, plan.batch)
    loss, positives = RANKING_LOSSES[plan.loss], positives_once(data, seen=plan.seen)
    if loss.of_all is not None and not plan.negatives and data.shape.users * data.shape.items <= MOST_PAIRS:
        return UserBatches(kind, model, positives, loss.of_all, plan.batch)
    negatives = plan.negatives or NEGATIVES
    return SharedNegatives(kind, model, positives, loss.of_sampled, plan.batch, negatives, plan.negatives_power)


def positives_once(data: TrainingData, *, seen: bool) -> Ratings:
    """The positives of training, made once for all programs: see `positives_of`."""
    return data.once(("positives", seen), lambda: positives_of(data.train, seen=seen))
