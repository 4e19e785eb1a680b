"""A multilayer perceptron over the embeddings of user and item, optionally plus their dot product.

    r(u, i) = f(q_i ⊕ p_u)  [+ q_i · p_u]  [+ b_u + b_i + mean]

With `dot_product` it is neural matrix factorisation (He et al. 2017), with both parts on the same embeddings. A
perceptron alone learns a dot product only with difficulty (Rendle et al. 2020).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from recsys.models.hyperparameters import COUNT, SIZES, Hyperparameter, Range, Use
from recsys.models.kind import ModelKind
from recsys.models.parts.parameters import gradient_parameters, solver_parameter
from recsys.models.solvers.method import ADAM
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras
    import tensorflow as tf

    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions

_SIZES: Mapping[Use, Range] = {
    "rating": {"type": "int", "low": 8, "high": 32, "step": 8},
    "ranking": {"type": "int", "low": 64, "high": 128, "step": 64},
}


class Perceptron(ModelKind):
    """A perceptron, trained by gradients. The members of a cohort share its hidden layers."""

    name = "mlp"
    title = "a multilayer perceptron over embeddings"
    hyperparameters = (
        Hyperparameter("user_embedding_size", 16, COUNT, "The dimensions of a user's embedding.", search=_SIZES),
        Hyperparameter("item_embedding_size", 16, COUNT, "The dimensions of an item's embedding.", search=_SIZES),
        Hyperparameter(
            "hidden_units",
            (64, 32),
            SIZES,
            "The number of units of each hidden layer.",
            search={
                "rating": {"type": "choice", "values": [[32], [64, 32]]},
                "ranking": {"type": "choice", "values": [[16], [32]]},
            },
        ),
        *gradient_parameters(
            defaults={"l2": 0.01, "dropout": 0.2},
            rating={
                "l2": {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"},
                "batch_size": {"type": "choice", "values": [1024, 2048]},
            },
            ranking={
                "dropout": {"type": "float", "low": 0.2, "high": 0.6},
                "learning_rate": {"type": "float", "low": 4e-3, "high": 2e-2, "scale": "log"},
                "l2": {"type": "float", "low": 5e-3, "high": 5e-2, "scale": "log"},
                "bias_l2": {"type": "float", "low": 3e-3, "high": 3e-2, "scale": "log"},
                "seen_weight": {"type": "float", "low": 0.2, "high": 0.6},
            },
        ),
        solver_parameter(ADAM),
    )
    options = ("biases", "global_mean", "hidden_activations", "output_activation", "dot_product")
    solvers = (ADAM,)

    def structure(self, point: Point) -> Hashable:
        """Return the sizes of the hidden layers."""
        return point["hidden_units"]

    def width(self, point: Point) -> int:
        """Return the number of columns of the wider of its two embeddings."""
        return max(int(point["user_embedding_size"]), int(point["item_embedding_size"]))  # type: ignore[arg-type]

    def fillers(self, points: Sequence[Point]) -> list[Point]:
        """Return fillers up to an even number of members, because members are padded to the widest."""
        from recsys.models.parts.packing import even_fillers

        return even_fillers(points)

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build one model of M points: see `build_mlp`."""
        from recsys.models.mlp.build import build_mlp

        return build_mlp(shape, points, seeds, options=options)

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """Return scores (M, B, N): see `perceptron_scores`."""
        from recsys.models.mlp.scores import perceptron_scores

        return perceptron_scores(model, users, items, whole=whole, training=training)


MLP = Perceptron()
