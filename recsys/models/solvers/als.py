"""Alternating least squares: each round solves for one side's rows with the other side fixed, then the reverse.

Learning rate, dropout and batches have no effect. `least_squares` has the problems of ratings and of rankings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import keras
import numpy as np
import tensorflow as tf

from recsys.algebra.threads import in_threads, one_thread
from recsys.arrays import AnyArray, Float32Array
from recsys.data.ratings import Ratings
from recsys.models.batches.choose import positives_once
from recsys.models.inputs import Input
from recsys.models.layers import MemberEmbedding, member_layers
from recsys.models.plan import Plan
from recsys.models.solvers.least_squares import (
    LeastSquares,
    RankingLeastSquares,
    RatingLeastSquares,
    Tables,
)
from recsys.models.solvers.prior_means import PriorMeans
from recsys.models.solvers.solver import Member, SolverInputs
from recsys.models.training_data import TrainingData
from recsys.spaces.parameter import Point


class AlternatingSolver:
    """Solves for all members of a cohort over the same sorted data.

    Args:
        plan: The plan, which says whether ratings or rankings are solved for.
        inputs: The model, which is a dot product, and the training data.
    """

    def __init__(self, plan: Plan, inputs: SolverInputs) -> None:
        model = inputs.model
        self.layers = {each.name: each for each in member_layers(model) if isinstance(each, MemberEmbedding)}
        self.members = int(model.output_shape[-1])
        self.problem = _problem(plan, model, inputs.data)
        self.points: Sequence[Point] = []

    def load(self, members: Sequence[Member]) -> None:
        """Load the members' points."""
        self.points = [member.point for member in members]

    def start_at(self, epoch: int) -> None:
        """Do nothing, because a round depends only on the weights."""

    def train(self, seed: int, epoch: int, rates: Float32Array) -> AnyArray:  # noqa: ARG002 - nothing is shuffled
        """Train one round: solve for users, then for items.

        Args:
            seed: Not used, because nothing is shuffled.
            epoch: Not used.
            rates: The members' learning rates (M,); 0 leaves a member unchanged, any other rate solves for it.

        Returns:
            The training losses (M,).
        """
        whole = {name: np.array(layer.table.numpy()) for name, layer in self.layers.items()}
        losses = np.zeros(self.members)
        members = [int(member) for member in np.flatnonzero(rates)]
        with one_thread():  # the matrices are small, so threads within a product would mostly wait for each other
            tables = [self._own(whole, member) for member in members]
            places = range(len(members))
            losses[members] = in_threads(lambda at: self.problem.improve(tables[at], self.points[members[at]]), places)
        for member, improved in zip(members, tables, strict=True):
            for name, own in improved.items():
                self.layers[name].put([whole[name][:-1]], member, [own])
        for name, layer in self.layers.items():
            layer.table.assign(whole[name])
        return losses

    def _own(self, whole: Mapping[str, Float32Array], member: int) -> Tables:
        """Return the member's tables, without the spare rows."""
        return {name: self.layers[name].take([array[:-1]], member)[0] for name, array in whole.items()}

    def diagnosis(self) -> Mapping[str, AnyArray]:
        """Return no diagnosis, because the loss is the only one."""
        return {}

    def slots(self) -> Mapping[str, Sequence[tf.Variable]]:
        """Return no variables, because training changes only the weights."""
        return {}


def _problem(plan: Plan, model: keras.Model, data: TrainingData) -> LeastSquares:
    """Return the problem, made once for all programs that solve it, for any members."""
    bounded = bool(model.get_layer("user_embedding").non_negative)
    mean = any(layer.name == "global_mean" for layer in model.layers)
    ranking = plan.loss is not None

    def made() -> LeastSquares:
        entries = positives_once(data, seen=plan.seen) if ranking else data.train
        sides = {"user": Input.USER_FEATURES, "item": Input.ITEM_FEATURES}
        known = {side: data.shape.features(of)[:-1] for side, of in sides.items()}
        means = {side: PriorMeans(features) for side, features in known.items() if features.shape[1]}
        return least_squares_of(entries, ranking=ranking, bounded=bounded, mean=mean, means=means)

    return data.once(("least squares", plan.loss, plan.seen, bounded, mean), made)


def least_squares_of(
    entries: Ratings,
    *,
    ranking: bool,
    bounded: bool,
    mean: bool,
    means: Mapping[str, PriorMeans] = MappingProxyType({}),
) -> LeastSquares:
    """Return the least-squares problem of ratings or of rankings.

    Args:
        entries: Ratings, or the positives that a ranking loss is trained on.
        ranking: Whether the entries are positives.
        bounded: Whether embeddings stay at 0 or above.
        mean: Whether the model starts from the mean rating.
        means: By side, the prior means of rows by features.
    """
    shape = entries.catalogue.users, entries.catalogue.items
    if ranking:
        return RankingLeastSquares(
            entries.users,
            entries.items,
            entries.values,
            shape,
            bounded=bounded,
            means=means,
            released=entries.released,
        )
    values = entries.values - np.float32(entries.mean if mean else 0.0)
    return RatingLeastSquares(entries.users, entries.items, values, shape, bounded=bounded, means=means)
