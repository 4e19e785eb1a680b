"""The contract of a kind of model, from its hyperparameters to its fold-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from recsys.losses.table import family_of
from recsys.models.hyperparameters import Hyperparameter, Range, Use
from recsys.models.inputs import Input
from recsys.spaces.parameter import Point, Value

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import tensorflow as tf
    from scipy.sparse import csr_array

    from recsys.arrays import Int32Array
    from recsys.data.histories import Histories
    from recsys.models.batches.batch_source import BatchSource
    from recsys.models.distribution import RatingDistribution
    from recsys.models.factors import Factors
    from recsys.models.fold_in.protocol import FoldIn
    from recsys.models.inputs import DataShape
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.solvers.method import SolverMethod
    from recsys.models.solvers.solver import Solver, SolverInputs
    from recsys.models.training_data import TrainingData


class ModelKind(ABC):
    """A kind of model, with the name that `[model] kind` gives it.

    Each kind has a subpackage of its own and an entry in `kinds.py`. The defaults of this class describe a model over
    embeddings of users and items that is trained by gradients.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    """The name of the kind within a sentence."""
    hyperparameters: ClassVar[Sequence[Hyperparameter]]
    """The hyperparameters, in the order in which a point lists them."""
    solvers: ClassVar[Sequence[SolverMethod]]
    """The methods that compute its weights, the default first."""
    options: ClassVar[Sequence[str]] = ("biases", "global_mean")
    """The keys of `[model]` that it reads."""
    included: ClassVar[str] = ""
    """The reason why it does not read `biases` or `global_mean`; empty if it reads both."""
    first_searched: ClassVar[Sequence[str]] = ()
    """The hyperparameters that a first experiment searches."""
    inputs: ClassVar[frozenset[Input]] = frozenset({Input.CODES})
    """The inputs of its models. `DataShape.known` returns those besides the codes."""
    rounds: ClassVar[str] = "epochs"
    """The unit of a trial's progress."""
    sampled: ClassVar[bool] = False
    """Whether it is sampled from a posterior given ratings, and not trained on a loss."""
    only_ranks: ClassVar[bool] = False
    """Whether it scores items to rank them, and never predicts ratings."""
    builds_cohorts: ClassVar[bool] = True
    """Whether `build` takes several points at once."""
    reads_order: ClassVar[bool] = True
    """Whether the order of a history matters at every point, if its input is the history."""
    most_items: ClassVar[int | None] = None
    """The largest catalogue that it is made for; None for any."""
    unread_features: ClassVar[str] = "no prediction reads them"
    """The reason why features have no importance where predictions do not read them."""

    # parameters

    def defaults(self, *, ranking: bool = False) -> dict[str, Value]:
        """Return the point that a search starts from.

        Args:
            ranking: Whether the loss is a ranking loss.
        """
        own = [each for each in self.hyperparameters if not each.implied and (ranking or not each.only_ranking)]
        return {each.name: each.default_of(ranking=ranking) for each in own}

    def space(self, use: Use) -> dict[str, Range]:
        """Return the ranges that are worth searching for a use, by hyperparameter."""
        return {each.name: each.search[use] for each in self.hyperparameters if use in each.search}

    def parameter(self, name: str) -> Hyperparameter | None:
        """Return the hyperparameter with a name; None if there is none."""
        return next((each for each in self.hyperparameters if each.name == name), None)

    # cohorts

    def structure(self, point: Point) -> Hashable:  # noqa: ARG002 - most kinds can train all points together
        """Return what the members of a cohort must share besides their plan."""
        return None

    def width(self, point: Point) -> int:
        """Return the number of columns that a point needs in its widest table."""
        return int(point["embedding_size"])  # type: ignore[arg-type]

    def fillers(self, points: Sequence[Point]) -> list[Point]:
        """Return points that complete a cohort to one of a few shapes.

        Filler members are part of the graph but are not trials.

        Args:
            points: The points of the cohort (M).
        """
        from recsys.models.parts.packing import fillers_by_size

        return fillers_by_size(points)

    # training

    @abstractmethod
    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build one model of M points.

        The model takes user codes (B,) and item codes (B,) and returns ratings or scores (B, M). A kind whose input is
        the history takes item codes (B, L) in place of user codes. A sequence of one point gives the ordinary model,
        which is served.

        Args:
            shape: The shape of the data.
            points: One point for each member.
            seeds: One seed for each member.
            options: What is fixed about the model.

        Raises:
            InputError: The kind cannot build these points, or the user's own factory cannot be imported.
        """

    def solver(self, plan: Plan, inputs: SolverInputs) -> Solver:
        """Return the solver that computes the weights of a model."""
        return self.method(plan).solver(self, plan, inputs)

    def method(self, plan: Plan) -> SolverMethod:
        """Return the solver method that a plan names."""
        return next(each for each in self.solvers if each.name == plan.solver)

    def batches(self, plan: Plan, inputs: SolverInputs) -> BatchSource:
        """Return the batches of the training data through which a gradient solver steps: see `batches_of`."""
        from recsys.models.batches.choose import batches_of

        return batches_of(self, plan, inputs)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """Return the cold rows of a model, which by default get the mean of the other rows."""
        from recsys.models.parts.cold_rows import ColdRows

        return ColdRows.of(model, data, plan)

    def penalty(
        self,
        model: keras.Model,
        users: tf.Tensor,
        user_weights: tf.Tensor,
        items: tf.Tensor | None,
        item_weights: tf.Tensor,
    ) -> tf.Tensor:
        """Return the l2 penalty of a batch that does not look embeddings up row by row.

        Args:
            model: A model of this kind.
            users: User codes (B,).
            user_weights: How often the penalty counts each user (B,).
            items: Item codes (B,); None for the whole catalogue in its order.
            item_weights: How often the penalty counts each item (B,), or (I,) for the whole catalogue.

        Returns:
            A scalar, the sum over all members: see `embedding_penalty`.
        """
        from recsys.models.parts.penalty import embedding_penalty

        return embedding_penalty(model, users, user_weights, items, item_weights)

    # predictions

    def history_length(self, model: keras.Model) -> int:  # noqa: ARG002 - most kinds read no history
        """Return the length L of the histories that a model reads; 0 if it reads none."""
        return 0

    def features_read(self, model: keras.Model) -> Collection[Input]:
        """Return the features that predictions read: those of users, of items, of both or of neither."""
        from recsys.models.parts.tables import features_read

        return features_read(model)

    def reads_features(self, model: keras.Model) -> bool:
        """Return whether a user's features give predictions for a user without ratings."""
        return Input.USER_FEATURES in self.features_read(model)

    def with_items(self, model: keras.Model, features: csr_array) -> keras.Model:
        """Return a model with further items, which it knows by their features alone.

        Args:
            model: An ordinary model, as it is served.
            features: The features of its own items and of the further ones, with the spare one (n, F).

        Raises:
            InputError: The model does not know items by their features.
        """
        from recsys.models.parts.more_items import with_items

        return with_items(model, features)

    def windows(self, model: keras.Model, histories: Histories) -> Int32Array:
        """Return the newest items of histories (B rows) as a model reads them (B, L)."""
        return histories.newest(self.history_length(model), padding=0)

    def scores(
        self,
        model: keras.Model,
        people: tf.Tensor,
        items: tf.Tensor,
        *,
        whole: bool = False,
        training: bool = False,
    ) -> tf.Tensor:
        """Return scores (M, B, N) of items (N,) for people (B).

        Scores are not clipped, because clipping would make ties.

        Args:
            model: A model of this kind.
            people: User codes (B,). For a kind whose input is the history, the items that each person chose before,
                (B, L), the newest last, with code I before the first item: see `windows`.
            items: Item codes (N,).
            whole: Whether the items are the catalogue in its order, so that tables need not be gathered.
            training: Whether dropout is on. It drops dimensions of a user, for all items alike.
        """
        from recsys.models.parts.pairs import scores_of_pairs

        del whole
        return scores_of_pairs(model, people, items, training=training)

    def factors(self, model: keras.Model) -> Factors | None:  # noqa: ARG002 - most scores are no dot products
        """Return what the scores of an ordinary model consist of, which is served without Keras; None if they need it.

        Its scores are those of the model, except for rounding.
        """
        return None

    def folding(self, factors: Factors, point: Point, items: int, added: int = 0) -> FoldIn | None:  # noqa: ARG002 - most need the model
        """Return the fold-in that needs the factors alone: see `fold_in`; None if it needs the model."""
        return None

    def distribution(self, model: keras.Model) -> RatingDistribution | None:  # noqa: ARG002 - most kinds have no distribution
        """Return the predictive distribution of an ordinary model; None if it only predicts means."""
        return None

    def save(self, model: keras.Model, path: Path) -> None:
        """Write all files that serving an ordinary model needs. Their names begin with the path."""
        model.save(path.with_suffix(".keras"))

    def load(self, path: Path) -> keras.Model:
        """Read a model that `save` has written."""
        import keras

        import recsys.models.layers  # noqa: F401 - Keras finds the layers of a saved model by their registered names

        return keras.models.load_model(path.with_suffix(".keras"))

    def fold_in(self, model: keras.Model, point: Point, items: int, added: int = 0) -> FoldIn:
        """Return the fold-in of an ordinary model.

        Args:
            model: The model, as it is served.
            point: The point that it was trained with.
            items: The number of items I of the catalogue.
            added: The number of items at its end that training did not know, so that they are no negatives.

        Raises:
            InputError: The model does not support fold-in.
        """
        from recsys.models.fold_in.descent import DescentFoldIn

        return DescentFoldIn(self, model, point, items, added)


def ranks(points: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether points have a ranking loss. The members of a cohort either all have one, or none does."""
    return all("loss" in point and family_of(point["loss"]) == "ranking" for point in points)
