"""The types of losses. TensorFlow is imported only when a loss is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    import tensorflow as tf

Family = Literal["rating", "ranking"]


@dataclass(frozen=True)
class RatingLoss:
    """A loss of the errors of predicted ratings."""

    name: str
    of_errors: Callable[[tf.Tensor], tf.Tensor]
    """From errors, predicted minus given ratings (B, M), to losses (B, M)."""
    family: ClassVar[Family] = "rating"


CatalogueLoss = Callable[["tf.Tensor", "tf.Tensor", "tf.Tensor"], "tf.Tensor"]
"""From scores (M, B, I), the weights of positives (M, B, I), 0 for other items, and the weights of unobserved items
(M,) to losses (M, B)."""
SampledLoss = Callable[["tf.Tensor", "tf.Tensor", "tf.Tensor", "tf.Tensor", "tf.Tensor"], "tf.Tensor"]
"""From scores of positives (M, B), scores of negatives (M, B, N), the number of items that each negative represents
(B, N), 0 for a positive of the user, the weights of positives (M, B) and those of unobserved items (M, B) to losses
(M, B)."""


@dataclass(frozen=True)
class RankingLoss:
    """A loss of the scores of a user's positives among those of other items.

    Batches of users compare positives with all items; batches of positives compare them with negatives that the batch
    shares. The sampled form estimates the other one, so that hyperparameters have the same meaning in both.
    """

    name: str
    of_all: CatalogueLoss | None
    """The loss over all items; None for a loss of pairs, which is always sampled."""
    of_sampled: SampledLoss
    """The loss over sampled negatives."""
    weighs_unobserved: bool = False
    """Whether the loss uses `unobserved_weight`."""
    family: ClassVar[Family] = "ranking"


Loss = RatingLoss | RankingLoss
