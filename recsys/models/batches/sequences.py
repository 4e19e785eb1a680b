"""Batches of windows of histories, in which every place is a case: which item comes next?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from recsys.arrays import AnyArray, Int32Array, Int64Array
from recsys.data.histories import Histories
from recsys.losses.table import RANKING_LOSSES
from recsys.models.batches.item_draws import ItemDraws
from recsys.models.batches.member_weights import MemberWeights
from recsys.models.plan import Plan
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

    passes = 1

    def __init__(self, kind: SequenceKind, inputs: SolverInputs, plan: Plan) -> None:
        self.kind, self.model = kind, inputs.model
        data, self.length = inputs.data, kind.history_length(inputs.model)
        self.items, self.repeats = data.shape.items, data.train.repeats
        self.windows = Windows.of(data.histories, self.length, self.items)
        cases = int(self.windows.cases.sum())
        self.steps = max(1, round(cases / plan.batch))
        self.total = float(cases)
        self.most = most_cases(self.windows.cases, self.steps)
        self.loss = RANKING_LOSSES[str(plan.loss)].of_sampled
        negatives = plan.negatives or (0 if self.items <= MOST_ITEMS else NEGATIVES)
        chosen = data.histories.items
        self.draws = ItemDraws(chosen, self.items, negatives, plan.negatives_power) if negatives else None
        stands_for = self.draws.stands_for if self.draws else np.ones(self.items, np.float32)
        self.tensors = [
            tf.constant(self.windows.items),
            tf.constant(self.windows.weights),
            tf.constant(stands_for),
        ]
        self.members = MemberWeights(self.model)

    def load(self, members: Sequence[Member]) -> None:
        """Load each member's weights."""
        self.members.load(members)

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
        own = tf.gather(windows, rows)
        real = tf.cast(places >= 0, tf.float32)
        places = tf.maximum(places, 0)
        targets = tf.gather(tf.reshape(own[:, 1:], [-1]), places)
        weights = tf.gather(tf.reshape(tf.gather(values, rows), [-1]), places) * real
        histories = own[:, :-1]
        states = states_of(self.model, histories, training=True)
        members, width = states.shape[0], states.shape[-1]
        states = tf.gather(tf.reshape(states, [members, -1, width]), places, axis=1)
        whole = self.draws is None
        others = tf.range(self.items, dtype=rows.dtype) if whole else drawn
        scores = scores_of_states(self.model, states, others, whole=whole)
        counts = tf.where(others[None, :] == targets[:, None], 0.0, tf.gather(stands_for, others)[None, :])
        if not self.repeats:
            counts = tf.where(self._had(own, others, places), 0.0, counts)
        positive = scores_of_targets(self.model, states, targets)
        unobserved = self.members.unobserved[:, None] * tf.ones_like(weights)[None, :]
        of_cases = self.loss(positive, scores, counts, weights[None, :] * tf.ones([members, 1]), unobserved)
        losses = tf.reduce_sum(of_cases * real, axis=1)
        present = tf.cast(histories != self.items, tf.float32)
        penalties = self.kind.case_penalty(
            self.model, tf.reshape(histories, [-1]), tf.reshape(present, [-1]), targets, real
        )
        return losses, (tf.reduce_sum(losses) + penalties) / tf.maximum(tf.reduce_sum(real), 1.0)

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


class Windows:
    """Windows of L + 1 items of histories, the newest last.

    Args:
        items: Item codes (W, L + 1); code I fills the places before the first item.
        weights: The weights of the items after the first place (W, L), 0 for no case.
    """

    def __init__(self, items: Int32Array, weights: AnyArray) -> None:
        self.items, self.weights = items, weights
        self.cases: Int64Array = (weights > 0).sum(axis=1)
        """The number of cases of each window (W,), which are its last places."""

    @classmethod
    def of(cls, histories: Histories, length: int, padding: int) -> Windows:
        """Cut histories into windows.

        Each item but the first of a history is a case in one window.

        Args:
            histories: Positives only.
            length: The most cases L of a window.
            padding: The code I that fills places.
        """
        lengths, ago = histories.lengths, histories.steps_ago
        needed = -(-np.maximum(lengths - 1, 0) // length)
        first = np.cumsum(needed) - needed
        count = int(needed.sum())
        items = np.full((count + 1, length + 1), padding, np.int32)  # the last one is empty
        weights = np.zeros((count + 1, length), np.float32)
        rows, place = first[histories.rows] + ago // length, length - ago % length
        cases = ago < lengths[histories.rows] - 1
        items[rows[cases], place[cases]] = histories.items[cases]
        weights[rows[cases], place[cases] - 1] = histories.weights[cases]
        # the item before a window's first case is the first of its history, or the last case of another window
        before = (ago > 0) & (ago % length == 0)
        items[rows[before] - 1, 0] = histories.items[before]
        oldest = ~cases & (ago % length > 0)
        items[rows[oldest], place[oldest]] = histories.items[oldest]
        return cls(items, weights)


def most_cases(cases: Int64Array, steps: int) -> int:
    """Return an upper bound of the cases of a step: the sum of the greatest of every S neighbours by length."""
    return int(np.sort(cases)[::-1][::steps].sum())


def dealt(cases: Int64Array, steps: int, random: np.random.Generator) -> Int32Array:
    """Return windows by step (steps, B): one of every S neighbours by length, in random order among equals."""
    order = np.lexsort((random.random(len(cases)), -cases))
    per_step = -(-len(cases) // steps)
    filled = np.full(steps * per_step, len(cases) - 1)
    filled[: len(cases)] = order
    strata = filled.reshape(per_step, steps)
    return random.permuted(strata, axis=1).T.astype(np.int32)


def places_of_cases(cases: Int64Array, length: int, most: int) -> Int32Array:
    """Return the places of the cases of each step (steps, P), -1 beyond them.

    Args:
        cases: The number of cases of each window (steps, B).
        length: The number of places of a window, whose last ones are its cases.
        most: The number P.
    """
    inside = np.arange(length)[None, None, :] >= length - cases[:, :, None]
    found = np.full((len(cases), most), -1, np.int32)
    for step, of_step in enumerate(inside.reshape(len(cases), -1)):
        own = np.flatnonzero(of_step)
        found[step, : len(own)] = own
    return found
