"""What a loss is. Naming one is light: TensorFlow is imported where it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    import tensorflow as tf

Family = Literal["rating", "ranking"]


@dataclass(frozen=True)
class RatingLoss:
    """A loss of how far a predicted rating is from the given one."""

    name: str
    of_errors: Callable[[tf.Tensor], tf.Tensor]
    """From predicted minus given ratings (B, M) to losses (B, M)."""
    family: ClassVar[Family] = "rating"


CatalogueLoss = Callable[["tf.Tensor", "tf.Tensor", "tf.Tensor"], "tf.Tensor"]
"""From scores (M, B, I), the weights of the items chosen (M, B, I), 0 for the others, and the weight of what was not
observed (M,) to losses (M, B)."""
SampledLoss = Callable[["tf.Tensor", "tf.Tensor", "tf.Tensor", "tf.Tensor", "tf.Tensor"], "tf.Tensor"]
"""From scores of choices (M, B), scores of negatives (M, B, N), how many items each negative stands for (B, N), 0 where
it is the user's own, the weights of the choices (M, B), and of what was not observed for each of them (M, B) to losses
(M, B)."""


@dataclass(frozen=True)
class RankingLoss:
    """A loss of how the items that a user has chosen stand among the others.

    One way over the data sets users against all items, the other positives against negatives that a batch shares; the
    loss says what it is in each. The sampled form is an estimate of the other, so that a point means the same in both.
    """

    name: str
    of_all: CatalogueLoss | None
    """None for a loss of pairs, which is always sampled."""
    of_sampled: SampledLoss
    weighs_unobserved: bool = False
    """Whether `unobserved_weight` has a say."""
    family: ClassVar[Family] = "ranking"


Loss = RatingLoss | RankingLoss
