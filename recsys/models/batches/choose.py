"""The choice of a batch source for a plan."""

from __future__ import annotations

from dataclasses import replace
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
"""The greatest product of users and items with which users are compared with the whole catalogue."""
NEGATIVES = 256
"""The number of negatives that a batch shares if the point does not give it."""


def batches_of(kind: ModelKind, plan: Plan, inputs: SolverInputs) -> BatchSource:
    """Return the batch source of a plan.

    A loss of ratings has batches of ratings. A ranking loss has batches of users against all items if they fit, else
    batches of positives against negatives that the batch shares.

    Args:
        kind: The kind of the model.
        plan: The plan of the cohort.
        inputs: The model and the training data.
    """
    model, data = inputs.model, inputs.data
    if plan.loss is None:
        return RatingBatches(model, data, plan.batch)
    loss, positives = RANKING_LOSSES[plan.loss], positives_once(data, seen=plan.seen)
    if loss.of_all is not None and not plan.negatives and data.shape.users * data.shape.items <= MOST_PAIRS:
        return UserBatches(kind, model, positives, loss.of_all, plan.batch)
    negatives = plan.negatives or NEGATIVES
    return SharedNegatives(kind, model, positives, loss.of_sampled, plan.batch, negatives, plan.negatives_power)


def positives_once(data: TrainingData, *, seen: bool) -> Ratings:
    """Return the positives of training with their weights, made once for all programs: see `positives_of`."""

    def made() -> Ratings:
        found = positives_of(data.train, seen=seen)
        weights = data.weighed(found.values, found.timestamps)
        return found if weights is found.values else replace(found, values=weights)

    return data.once(("positives", seen), made)
