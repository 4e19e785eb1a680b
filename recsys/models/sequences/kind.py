"""Models of histories: a person is what they did, in its order, and the items are ranked by what comes next.

    s(h, i) = state(h) · q_i [+ b_i]

The state is computed from the newest L positives of a history. A kind adds only the layers from the rows of these items
to states. No parameter belongs to a person, so that people who are not in the data are like any others.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.inputs import Input
from recsys.models.kind import ModelKind
from recsys.models.solvers.method import ADAM
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from recsys.arrays import Int32Array
    from recsys.data.histories import Histories
    from recsys.models.batches.batch_source import BatchSource
    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.solvers.method import SolverMethod
    from recsys.models.solvers.solver import SolverInputs
    from recsys.models.training_data import TrainingData

HISTORY_LENGTH = Hyperparameter(
    "history_length", 50, COUNT, "The number of newest positives of a history that the model reads."
)


class HistoryKind(ModelKind):
    """A kind whose input is a history in place of a user's code."""

    inputs = frozenset({Input.HISTORY})
    only_ranks = True

    def structure(self, point: Point) -> Hashable:
        """Return the length of the histories, which the members of a cohort share."""
        return point["history_length"]

    def history_length(self, model: keras.Model) -> int:
        """Return the length L of the histories that a model reads."""
        return int(model.inputs[0].shape[1])

    @abstractmethod
    def padding(self, model: keras.Model) -> int:
        """Return the code I, which fills the places before the first item."""

    def windows(self, model: keras.Model, histories: Histories) -> Int32Array:
        """Return the newest items of histories (B rows), with the spare code before the first item (B, L)."""
        return histories.positives.newest(self.history_length(model), self.padding(model))

    def fold_in(self, model: keras.Model, point: Point, items: int, added: int = 0) -> FoldIn:  # noqa: ARG002 - the history suffices
        """Return the fold-in, which reads the history."""
        from recsys.models.fold_in.reading import ReadingFoldIn

        return ReadingFoldIn(self, model, items)


class SequenceKind(HistoryKind):
    """A kind with a state after each place of a history, whose product with an item's embedding is the score."""

    solvers: ClassVar[Sequence[SolverMethod]] = (ADAM,)
    options: ClassVar[Sequence[str]] = ("biases",)
    included = "a mean changes no list"

    @abstractmethod
    def encoder(
        self,
        rows: keras.KerasTensor,
        history: keras.KerasTensor,
        shape: DataShape,
        points: Sequence[Point],
        seeds: Sequence[int],
        width: int,
    ) -> keras.KerasTensor:
        """Return symbolic states (M, B, L, D) after each place of histories.

        The state of a place depends on no later place.

        Args:
            rows: The symbolic rows of the items (B, L, M·D).
            history: Their codes (B, L), the newest last; code I at places before the first item.
            shape: The shape of the data.
            points: One point for each member.
            seeds: One seed for each member.
            width: The number of columns D of each member.
        """

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build one model of M points from histories (B, L) and item codes (B,) to scores (B, M)."""
        from recsys.models.sequences.build import build_sequence_model

        return build_sequence_model(self, shape, points, seeds, options=options)

    def batches(self, plan: Plan, inputs: SolverInputs) -> BatchSource:
        """Return batches of histories, in which every place is a case: see `SequenceBatches`."""
        from recsys.models.batches.sequences import SequenceBatches

        return SequenceBatches(self, inputs, plan)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:  # noqa: ARG002 - all plans are alike
        """Return the items that no history has. Their rows in a history become 0."""
        from recsys.models.sequences.cold_rows import cold_rows

        return cold_rows(model, data)

    def padding(self, model: keras.Model) -> int:
        """Return the code of the spare row of the items."""
        return int(model.get_layer("item_embedding").rows) - 1

    def scores(
        self,
        model: keras.Model,
        people: tf.Tensor,
        items: tf.Tensor,
        *,
        whole: bool = False,
        training: bool = False,
    ) -> tf.Tensor:
        """Return scores (M, B, N) after the last place of histories (B, L): see `ModelKind.scores`."""
        from recsys.models.sequences.scores import last_scores

        return last_scores(model, people, items, whole=whole, training=training)


def shared(points: Sequence[Point], name: str) -> Any:
    """Return the value of a hyperparameter that the members of a cohort share."""
    (value,) = {point[name] for point in points}
    return value
