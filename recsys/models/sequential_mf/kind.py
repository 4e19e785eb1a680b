"""Sequential matrix factorisation: a person is decayed sums of the embeddings of the items that they chose.

    s(h, i) = MLP(h_t) · q_i [+ b_i],    h_t = Σ_{s ≤ t} λ^(t - s) e_s / √(Σ_{s ≤ t} λ^(t - s))

with a learnt decay λ for each head, which is a share of the dimensions, and separate embeddings e of the items of a
history and q of the items of a list. Without hidden layers the MLP is the identity. One head with λ = 1 and untied
embeddings is the asymmetric factorisation of Paterek 2007; factored item similarities (Kabbur et al. 2013) divide the
same sum by a power of its length.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from recsys.models.hyperparameters import COUNT, SIZES, Hyperparameter
from recsys.models.sequences.kind import HISTORY_LENGTH, SequenceKind, shared
from recsys.models.sequences.parameters import sequence_parameters
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras

    from recsys.models.inputs import DataShape


class SequentialMF(SequenceKind):
    """Dot products with decayed sums."""

    name = "sequential_mf"
    title = "sequential matrix factorisation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            64,
            COUNT,
            "The dimensions of an embedding.",
        ),
        HISTORY_LENGTH,
        Hyperparameter("heads", 8, COUNT, "The number of decays, each for an equal share of the dimensions."),
        Hyperparameter(
            "hidden_units", (), SIZES, "The units of each hidden layer after the sums, such as [64]; empty for none."
        ),
        *sequence_parameters(dropout=0.5, l2=3e-3),
    )
    first_searched = ("learning_rate", "dropout", "l2")

    def structure(self, point: Point) -> Hashable:
        """Return what the members of a cohort share: the length of the histories, the heads and the hidden layers.

        Members with hidden layers also share the size of their embeddings.
        """
        size = point["embedding_size"] if point["hidden_units"] else None
        return (super().structure(point), point["heads"], point["hidden_units"], size)

    def encoder(
        self,
        rows: keras.KerasTensor,
        history: keras.KerasTensor,
        shape: DataShape,
        points: Sequence[Point],
        seeds: Sequence[int],
        width: int,
    ) -> keras.KerasTensor:
        """Return the decayed sums of the rows, after the hidden layers: see `DecayedSums`."""
        from recsys.models.layers import DecayedSums, MemberDense

        sizes = [self.width(point) for point in points]
        states = DecayedSums(sizes, width, shared(points, "heads"), shape.items, name="sums")(rows, history)
        hidden, inputs = shared(points, "hidden_units"), width
        for number, units in enumerate(hidden):
            states = MemberDense(inputs, units, seeds, "relu", name=f"hidden_{number}")(states)
            inputs = units
        return MemberDense(inputs, width, seeds, name="output")(states) if hidden else states


SEQUENTIAL_MF = SequentialMF()
