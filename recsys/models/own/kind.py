"""The kind of models from a user's own factory, a function that builds them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from recsys.errors import InputError
from recsys.models.hyperparameters import RANKING, TRAINING
from recsys.models.kind import ModelKind
from recsys.models.solvers.method import ADAM
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.inputs import DataShape, Factory
    from recsys.models.options import ModelOptions


class OwnFactory(ModelKind):
    """A model of any layers, trained by gradients.

    It computes the score of each pair separately. Fold-in descends on the rows of the embeddings that depend on the
    user's code alone. A model that consists of the layers of this package, with their names, has the scores and the
    fold-in of the kind that it resembles.

    Args:
        factory: `package.module:function`; empty for a model that is already built. The function is `build(shape,
            points, seeds)` for whole cohorts, or `build(shape, point)` for single models, which then train as cohorts
            of one.

    Raises:
        InputError: The factory cannot be imported.
    """

    name = "factory"
    title = "a factory of your own"
    hyperparameters = (*TRAINING, *RANKING)
    """The hyperparameters of training. Only the factory knows the others."""
    solvers = (ADAM,)
    unread_features = "only the factory knows how its predictions read them"

    def __init__(self, factory: str = "") -> None:
        self.factory = factory

    @cached_property
    def function(self) -> Callable[..., keras.Model]:
        """The factory.

        Raises:
            InputError: The factory cannot be imported.
        """
        module, separator, function = self.factory.partition(":")
        if not separator:
            raise InputError(f"model.factory: expected 'package.module:function', not {self.factory!r}")
        try:
            return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]
        except (ImportError, AttributeError) as error:
            raise InputError(f"model.factory: {self.factory} cannot be imported: {error}") from error

    @property
    def builds_cohorts(self) -> bool:  # type: ignore[override]
        """Whether the factory takes several points at once.

        Raises:
            InputError: The factory cannot be imported.
        """
        return "points" in inspect.signature(self.function).parameters

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Return the model that the factory builds.

        Args:
            shape: The shape of the data.
            points: One point for each member; a single one if the factory builds single models.
            seeds: One seed for each member.
            options: Not used, because the factory decides what is fixed.

        Raises:
            InputError: The factory cannot be imported.
        """
        del options
        if self.builds_cohorts:
            build: Factory = self.function
            return build(shape, points, seeds)
        import keras

        (point,), (seed,) = points, seeds
        keras.utils.set_random_seed(seed)
        return self.function(shape, point)

    def width(self, point: Point) -> int:
        """Return the largest value of the point whose name ends in `embedding_size`."""
        return max((int(value) for name, value in point.items() if name.endswith("embedding_size")), default=1)  # type: ignore[arg-type]

    def structure(self, point: Point) -> Hashable:
        """Return `hidden_units`, if the point has them."""
        return point.get("hidden_units")

    def fillers(self, points: Sequence[Point]) -> list[Point]:
        """Return fillers of at least one column each.

        A factory need not support an embedding size of 0.
        """
        from recsys.models.parts.packing import even_fillers, fillers_by_size

        return fillers_by_size(points, empty=False) if "embedding_size" in points[0] else even_fillers(points)

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """Return scores (M, B, N) of items (N,) for users (B,).

        They are those of the kind that the model resembles, else the model's output for every pair.
        """
        from recsys.models.own.likeness import like

        known = like(model)
        score = known.scores if known else super().scores
        return score(model, users, items, whole=whole, training=training)

    def penalty(
        self,
        model: keras.Model,
        users: tf.Tensor,
        user_weights: tf.Tensor,
        items: tf.Tensor | None,
        item_weights: tf.Tensor,
    ) -> tf.Tensor:
        """Return the penalty of the kind that the model resembles, else the losses of its layers."""
        from recsys.models.own.likeness import like
        from recsys.models.parts.penalty import layers_penalty

        if known := like(model):
            return known.penalty(model, users, user_weights, items, item_weights)
        return layers_penalty(model)

    def fold_in(self, model: keras.Model, point: Point, items: int, added: int = 0) -> FoldIn:
        """Return the fold-in of the kind that the model resembles, else fold-in by descent."""
        from recsys.models.own.likeness import like

        known = like(model)
        fold_in = known.fold_in if known else super().fold_in
        return fold_in(model, point, items, added)
