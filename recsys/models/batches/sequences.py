"""Batches of windows of histories, in which every place is a case: which item comes next?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray
from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.item_draws import ItemDraws
from recsys.models.batches.member_weights import MemberWeights
from recsys.models.batches.windows import Windows, dealt, most_cases, places_of_cases
from recsys.models.layers import MemberDropout
from recsys.models.plan import Plan
from recsys.models.sequences.penalty import case_penalty
from recsys.models.sequences.scores import scores_of_states, scores_of_targets, states_of
from recsys.models.solvers.solver import Member, SolverInputs

if TYPE_CHECKING:
    from recsys.models.sequences.kind import SequenceKind

MOST_ITEMS = 5000
"""The largest catalogue that every case is compared with as a whole."""
NEGATIVES = 512
"""The number of negatives that a batch shares in larger catalogues, if the point does not give it."""


class SequenceBatches:
    """Shuffled windows of histories. Each item is predicted from those before it in its window.

    A history is cut into windows of L + 1 items from its end. A step takes windows of all lengths in equal proportion,
    so that the number of its cases hardly varies: windows are sorted by length, and each step takes one of every S
    neighbours. The other items of the catalogue, or negatives that the batch shares, are what the case's own item is
    compared with. Items earlier in the window are left out unless the data allow repeats, because no list shows them.

    Args:
        kind: The kind of the model.
        inputs: The model and the training data.
        plan: The plan of the cohort; its batch size is the approximate number of cases in a step.
    """

    def __init__(self, kind: SequenceKind, inputs: SolverInputs, plan: Plan) -> None:
        self.model = inputs.model
        data, self.length = inputs.data, kind.history_length(inputs.model)
        self.items, self.repeats = data.shape.items, data.train.repeats
        self.windows = Windows.of(data.histories, self.length, self.items)
        cases = int(self.windows.cases.sum())
        self.steps = max(1, round(cases / plan.batch))
        self.total = float(cases)
        self.most = most_cases(self.windows.cases, self.steps)
        self.loss = RANKING_LOSSES[str(plan.loss)].of_sampled
        negatives = plan.negatives or (0 if self.items <= MOST_ITEMS else NEGATIVES)
        chosen, released = data.histories.items, data.train.released
        self.draws = ItemDraws(chosen, released, negatives, plan.negatives_power) if negatives else None
        stands_for = self.draws.stands_for if self.draws else released.astype(np.float32)
        self.tensors = [
            tf.constant(self.windows.items),
            tf.constant(self.windows.weights),
            tf.constant(stands_for),
        ]
        self.members = MemberWeights(self.model)

    def load(self, members: Sequence[Member]) -> None:
        """Load each member's weights."""
        self.members.load(members)

    def passes(self, layer: MemberDropout) -> int:
        """Return 2 for rows of items in lists, one for the targets and one for the others, and 1 for histories."""
        return 2 if layer.name.startswith("item_") else 1

    def round(self, seed: int, epoch: int) -> Sequence[AnyArray]:
        """Return the windows of each step (steps, B), the places of its cases (steps, P), and its negatives (steps, N).

        A place is a position in the flattened windows (B · L); -1 completes the last ones.
        """
        random = np.random.default_rng([seed, epoch])
        windows = dealt(self.windows.cases, self.steps, random)
        places = places_of_cases(self.windows.cases[windows], self.length, self.most)
        drawn = self.draws.draw(random, self.steps) if self.draws else np.zeros((self.steps, 0), np.int32)
        return [windows, places, drawn]

    def losses(self, batch: Sequence[tf.Tensor], tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses of the cases of a step, and the objective."""
        (rows, places, drawn), (windows, values, stands_for) = batch, tensors
        own, real, places = tf.gather(windows, rows), tf.cast(places >= 0, tf.float32), tf.maximum(places, 0)
        targets = tf.gather(tf.reshape(own[:, 1:], [-1]), places)
        weights = tf.gather(tf.reshape(tf.gather(values, rows), [-1]), places) * real
        losses = self._of_cases(own, places, targets, weights, drawn, stands_for)
        history = tf.reshape(own[:, :-1], [-1])
        present = tf.cast(history != self.items, tf.float32)
        penalties = case_penalty(self.model, history, present, targets, real)
        return losses, (tf.reduce_sum(losses) + penalties) / tf.maximum(tf.reduce_sum(real), 1.0)

    def _of_cases(
        self,
        own: tf.Tensor,
        places: tf.Tensor,
        targets: tf.Tensor,
        weights: tf.Tensor,
        drawn: tf.Tensor,
        stands_for: tf.Tensor,
    ) -> tf.Tensor:
        """Return the losses, summed over the cases (M,).

        Args:
            own: The windows of the step (B, L + 1).
            places: The places of the cases in the flattened windows (P,).
            targets: The items of the cases (P,).
            weights: The weights of the cases (P,), 0 for a filler.
            drawn: The negatives (N,); none if the catalogue takes their place.
            stands_for: The number of items that each item represents as a negative (I,).
        """
        whole = self.draws is None
        others = tf.range(self.items, dtype=drawn.dtype) if whole else drawn
        states = states_of(self.model, own[:, :-1], training=True)
        members, width = states.shape[0], states.shape[-1]
        states = tf.gather(tf.reshape(states, [members, -1, width]), places, axis=1)
        counts = tf.where(others[None, :] == targets[:, None], 0.0, tf.gather(stands_for, others)[None, :])
        if not self.repeats:
            counts = tf.where(self._had(own, others, places), 0.0, counts)
        every = tf.ones([members, 1])
        losses = self.loss(
            scores_of_targets(self.model, states, targets),
            scores_of_states(self.model, states, others, whole=whole, training=True),
            counts,
            weights[None, :] * every,
            self.members.unobserved[:, None] * tf.ones_like(weights)[None, :],
        )
        return tf.reduce_sum(tf.where(weights > 0, losses, 0.0), axis=1)

    def _had(self, windows: tf.Tensor, others: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """Return whether a case's window has each item at the case's place or before it, bool (P, N).

        Args:
            windows: The items of the windows (B, L + 1).
            others: Item codes (N,).
            places: The places of the cases in the flattened windows (P,).
        """
        steps, never = tf.range(self.length)[None, None, :], self.length
        first = tf.reduce_min(tf.where(windows[:, None, :-1] == others[None, :, None], steps, never), axis=-1)
        return tf.gather(first, places // self.length) <= (places % self.length)[:, None]
