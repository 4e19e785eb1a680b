"""A factory of the user's own: what the suite assumes of a model of which it knows the function that builds it."""

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

    from recsys.models.factory import DataShape, Factory
    from recsys.models.fold_in.fold import FoldIn
    from recsys.models.options import ModelOptions


class OwnFactory(ModelKind):
    """A model of any layers, trained by gradients.

    It is asked for the score of each pair, and people are folded in by descent on the rows of the embeddings that are
    looked up by users' codes alone. A model that is made of the layers of this suite, by their names, is scored as
    those are.

    Args:
        factory: `build(shape, points, seeds)` for whole cohorts, or `build(shape, point)` for single models, which then
            train as cohorts of one, as `package.module:function`; empty for a model that was built already.

    Raises:
        InputError: The factory cannot be imported.
    """

    name = "factory"
    title = "a factory of your own"
    hyperparameters = (*TRAINING, *RANKING)
    """What training needs of any point; the factory alone knows the others."""
    solvers = (ADAM,)

    def __init__(self, factory: str = "") -> None:
        self.factory = factory

    @cached_property
    def function(self) -> Callable[..., keras.Model]:
        """The factory."""
        module, separator, function = self.factory.partition(":")
        if not separator:
            raise InputError(f"model.factory: expected 'package.module:function', not {self.factory!r}")
        try:
            return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]
        except (ImportError, AttributeError) as error:
            raise InputError(f"model.factory: {self.factory} cannot be imported: {error}") from error

    @property
    def builds_cohorts(self) -> bool:  # type: ignore[override]
        """Whether the factory takes several points at once."""
        return "points" in inspect.signature(self.function).parameters

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """What the factory builds."""
        del options
        if self.builds_cohorts:
            build: Factory = self.function
            return build(shape, points, seeds)
        import keras

        (point,), (seed,) = points, seeds
        keras.utils.set_random_seed(seed)
        return self.function(shape, point)

    def width(self, point: Point) -> int:
        """The largest of the point's values whose name ends in `embedding_size`."""
        return max((int(value) for name, value in point.items() if name.endswith("embedding_size")), default=1)  # type: ignore[arg-type]

    def structure(self, point: Point) -> Hashable:
        """`hidden_units`, where a point has them."""
        return point.get("hidden_units")

    def fillers(self, points: Sequence[Point]) -> list[Point]:
        """Fillers of at least one column each, as a factory need not know an embedding size of 0."""
        from recsys.models.parts.packing import even_fillers, fillers_by_size

        return fillers_by_size(points, empty=False) if "embedding_size" in points[0] else even_fillers(points)

    def scores(
        self, model: keras.Model, users: tf.Tensor, items: tf.Tensor, *, whole: bool = False, training: bool = False
    ) -> tf.Tensor:
        """Scores of pairs, or those of the parts that the model is made of."""
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
        """What the model's layers have asked for."""
        from recsys.models.own.likeness import like
        from recsys.models.parts.penalty import layers_penalty

        if known := like(model):
            return known.penalty(model, users, user_weights, items, item_weights)
        return layers_penalty(model)

    def fold_in(self, model: keras.Model, point: Point, items: int) -> FoldIn:
        """By descent, or as the parts are folded in that the model is made of."""
        from recsys.models.own.likeness import like

        known = like(model)
        return known.fold_in(model, point, items) if known else super().fold_in(model, point, items)
