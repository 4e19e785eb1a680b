"""Matrix factorisation: a rating is the dot product of a user's and an item's embedding (Koren et al. 2009).

    r(u, i) = p_u · q_i  [+ b_u + b_i + mean]

With a ranking loss, the score omits the terms that do not change a user's list: s(u, i) = p_u · q_i [+ b_i].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from recsys.models.hyperparameters import COUNT, Hyperparameter
from recsys.models.kind import ModelKind, ranks
from recsys.models.parts.parameters import gradient_parameters, solver_parameter
from recsys.models.solvers.method import ADAM, ALS, SQUARED_LOSSES
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from recsys.models.factors import Factors
    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions


class MatrixFactorisation(ModelKind):
    """Dot products of embeddings, by gradients or, for squared losses, by alternating least squares."""

    name = "mf"
    title = "matrix factorisation"
    hyperparameters = (
        Hyperparameter(
            "embedding_size",
            32,
            COUNT,
            "The dimensions of an embedding.",
            search={
                "rating": {"type": "int", "low": 8, "high": 64, "scale": "log"},
                "ranking": {"type": "int", "low": 64, "high": 224, "step": 32},
                "events": {"type": "int", "low": 16, "high": 128, "scale": "log"},
                "als": {"type": "int", "low": 16, "high": 96, "step": 8},
            },
        ),
        *gradient_parameters(),
        solver_parameter(ADAM, ALS),
    )
    first_searched = ("embedding_size", "learning_rate", "dropout", "l2")
    solvers = (ADAM, ALS)
    rating_start: ClassVar[tuple[float, float]] = (-0.05, 0.05)
    """The lowest and the highest initial value of an embedding."""
    ranking_start: ClassVar[tuple[float, float]] = (-0.17, 0.17)
    """The lowest and the highest initial value for a ranking loss."""
    non_negative: ClassVar[bool] = False

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build one model of M points: see `factorisation`."""
        from recsys.models.parts.factorisation import factorisation

        start = self.ranking_start if ranks(points) else self.rating_start
        return factorisation(
            shape, points, seeds, options=options, name=self.name, start=start, non_negative=self.non_negative
        )

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """Return scores (M, B, N) as matrix products: see `dot_product_scores`."""
        from recsys.models.parts.dot_product import dot_product_scores

        return dot_product_scores(model, users, items, whole=whole, training=training)

    def factors(self, model: keras.Model) -> Factors:
        """Return the vectors, biases and mean of an ordinary model."""
        from recsys.models.parts.dot_product import dot_product_factors

        return dot_product_factors(model)

    def folding(self, factors: Factors, point: Point, items: int, added: int = 0) -> FoldIn | None:
        """Return the fold-in by least squares; None for a loss that is not squared."""
        from recsys.models.fold_in.least_squares import LeastSquaresFoldIn

        return LeastSquaresFoldIn(factors, point, items, added) if point.get("loss") in SQUARED_LOSSES else None

    def fold_in(self, model: keras.Model, point: Point, items: int, added: int = 0) -> FoldIn:
        """Return the fold-in of a dot product: see `dot_product_fold_in`."""
        from recsys.models.parts.dot_product import dot_product_fold_in

        return dot_product_fold_in(self, model, point, items, added)


MF = MatrixFactorisation()
