"""Which solver, over which way, a plan asks for."""

from __future__ import annotations

import keras

from recsys.data.ratings import Ratings
from recsys.helper_processes import Helpers
from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.batch_source import BatchSource
from recsys.models.batches.negatives import SharedNegatives
from recsys.models.batches.positives import positives_of
from recsys.models.batches.ratings import RatingBatches
from recsys.models.batches.user_batches import UserBatches
from recsys.models.bayesian_mf.gibbs import GibbsSampling
from recsys.models.plan import Plan
from recsys.models.solvers.adam import AdamSolver, Spread
from recsys.models.solvers.als import AlternatingLeastSquares, least_squares_of
from recsys.models.solvers.least_squares import LeastSquares
from recsys.models.solvers.solver import Solver
from recsys.models.training_data import TrainingData
from recsys.training.compiled import Compile

ROW_WISE_FROM = 20_000
"""Users and items together from which on tables are updated by the batch's rows only."""

MOST_PAIRS = 50_000_000
"""Users times items up to which a user is set against the whole catalogue."""
NEGATIVES = 256
"""Negatives that a batch shares where the point does not say."""


def make_solver(plan: Plan, model: keras.Model, data: TrainingData, spread: Spread, compile_: Compile) -> Solver:
    """The solver of a program."""
    if plan.solver == "als":
        return AlternatingLeastSquares(model, _least_squares(plan, model, data))
    if plan.solver == "gibbs":
        return GibbsSampling(model, data)
    row_wise = data.shape.users + data.shape.items >= ROW_WISE_FROM
    return AdamSolver(model, _way(plan, model, data), spread, compile_, row_wise=row_wise)


def _least_squares(plan: Plan, model: keras.Model, data: TrainingData) -> Helpers[LeastSquares]:
    """The same for all programs that solve the same, whatever their members."""
    bounded = bool(model.get_layer("user_embedding").non_negative)
    mean = any(layer.name == "global_mean" for layer in model.layers)
    ranking = plan.loss is not None

    def made() -> Helpers[LeastSquares]:
        entries = _choices(plan, data) if ranking else data.train
        return Helpers(least_squares_of(entries, ranking=ranking, bounded=bounded, mean=mean))

    return data.once(("least squares", plan.loss, plan.seen, bounded, mean), made)


def _way(plan: Plan, model: keras.Model, data: TrainingData) -> BatchSource:
    if plan.loss is None:
        return RatingBatches(model, data, plan.batch)
    loss, chosen = RANKING_LOSSES[plan.loss], _choices(plan, data)
    if loss.of_all is not None and not plan.negatives and data.shape.users * data.shape.items <= MOST_PAIRS:
        return UserBatches(model, chosen, loss.of_all, plan.batch)
    negatives = plan.negatives or NEGATIVES
    return SharedNegatives(model, chosen, loss.of_sampled, plan.batch, negatives, plan.negatives_power)


def _choices(plan: Plan, data: TrainingData) -> Ratings:
    return data.once(("choices", plan.seen), lambda: positives_of(data.train, seen=plan.seen))
