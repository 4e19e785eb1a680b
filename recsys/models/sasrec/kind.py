"""SASRec: a person is the items that they chose, weighed by self-attention (Kang and McAuley 2018).

    s(h, i) = state(h) · q_i [+ b_i]

The state is that of the last place after `blocks` blocks of causal self-attention and of a feed-forward layer. The
softmax over the catalogue, or over many shared negatives, in place of the paper's one negative a case is that of
Klenitskiy and Vasilev 2023 and of Petrov and Macdonald 2023.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.sequences.kind import HISTORY_LENGTH, SequenceKind, shared
from recsys.models.sequences.parameters import sequence_parameters
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras

    from recsys.models.inputs import DataShape


class SASRec(SequenceKind):
    """Dot products with states of self-attention."""

    name = "sasrec"
    title = "self-attentive sequential recommendation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            64,
            COUNT,
            "The dimensions of an embedding, a multiple of `attention_heads`.",
        ),
        HISTORY_LENGTH,
        Hyperparameter("blocks", 2, COUNT, "The number of blocks of attention and feed-forward layer."),
        Hyperparameter("attention_heads", 2, COUNT, "The number of heads of an attention."),
        *sequence_parameters(
            {
                "learning_rate": {"type": "float", "low": 5e-4, "high": 3e-3, "scale": "log"},
                "l2": {"type": "float", "low": 1e-5, "high": 1e-2, "scale": "log"},
                "bias_l2": {"type": "float", "low": 1e-5, "high": 1e-2, "scale": "log"},
                "dropout": {"type": "float", "low": 0.2, "high": 0.5},
            },
            dropout=0.3,
            l2=1e-4,
            bias_l2=1e-4,
            learning_rate=1e-3,
        ),
    )
    first_searched = ("learning_rate", "dropout", "l2")

    def structure(self, point: Point) -> Hashable:
        """Return what the members of a cohort share: all sizes, because normalisation divides by the width."""
        return (super().structure(point), point["embedding_size"], point["blocks"], point["attention_heads"])

    def encoder(
        self,
        rows: keras.KerasTensor,
        history: keras.KerasTensor,
        shape: DataShape,
        points: Sequence[Point],
        seeds: Sequence[int],
        width: int,
    ) -> keras.KerasTensor:
        """Return the states of self-attention: see `attention_states`."""
        from recsys.models.sasrec.build import attention_states

        blocks, heads = shared(points, "blocks"), shared(points, "attention_heads")
        if width % heads:
            raise InputError(f"embedding_size: {width}, expected a multiple of attention_heads, {heads}")
        rates = [float(point["dropout"]) for point in points]  # type: ignore[arg-type]
        return attention_states(rows, history, seeds, rates, width, blocks=blocks, heads=heads, padding=shape.items)


SASREC = SASRec()
