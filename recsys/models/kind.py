"""The contract of a kind of model: all that the suite asks of one, from its parameters to folding people in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from recsys.losses.table import family_of
from recsys.models.factory import Input
from recsys.models.hyperparameters import Hyperparameter, Range, Use
from recsys.spaces.parameter import Point, Value

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import tensorflow as tf

    from recsys.models.distribution import RatingDistribution
    from recsys.models.factory import DataShape
    from recsys.models.fold_in.fold import FoldIn
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.solvers.method import SolverMethod
    from recsys.models.solvers.solver import Solver, SolverInputs
    from recsys.models.training_data import TrainingData

EPOCHS = "epochs"


class ModelKind(ABC):
    """A kind of model, by the name that `[model] kind` has for it.

    A kind stands in a folder of its own and is entered in `kinds.py`. What it leaves out has the defaults here: those
    of a model that is trained by gradients over embeddings of users and items.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    """What it is called in a sentence."""
    hyperparameters: ClassVar[Sequence[Hyperparameter]]
    """In the order in which a point lists them."""
    solvers: ClassVar[Sequence[SolverMethod]]
    """How its weights are found; the default first."""
    options: ClassVar[Sequence[str]] = ("biases", "global_mean")
    """Keys of `[model]` that it reads."""
    included: ClassVar[str] = ""
    """Why it does not read `biases` and `global_mean`, if it does not."""
    first_searched: ClassVar[Sequence[str]] = ()
    """The hyperparameters that a first experiment searches."""
    inputs: ClassVar[frozenset[Input]] = frozenset({Input.CODES})
    """What its models are told: `DataShape.known` has what is known besides codes."""
    rounds: ClassVar[str] = EPOCHS
    """What a trial's progress is counted in."""
    sampled: ClassVar[bool] = False
    """Whether it is drawn from a posterior, given ratings, in place of being trained on a loss."""
    builds_cohorts: ClassVar[bool] = True
    """Whether `build` takes several points at once."""

    # parameters

    def defaults(self, *, ranking: bool = False) -> dict[str, Value]:
        """The point that a search starts from, with a loss of ratings or of rankings."""
        own = [each for each in self.hyperparameters if not each.implied and (ranking or not each.only_ranking)]
        return {each.name: each.default_of(ranking=ranking) for each in own}

    def space(self, use: Use) -> dict[str, Range]:
        """The ranges worth searching."""
        return {each.name: each.search[use] for each in self.hyperparameters if use in each.search}

    def parameter(self, name: str) -> Hyperparameter | None:
        """The hyperparameter of a name; None where there is none."""
        return next((each for each in self.hyperparameters if each.name == name), None)

    # cohorts

    def structure(self, point: Point) -> Hashable:  # noqa: ARG002 - most kinds train all points together
        """What the members of a cohort have in common besides their plan."""
        return None

    def width(self, point: Point) -> int:
        """The columns that a point takes in the widest of its tables."""
        return int(point["embedding_size"])  # type: ignore[arg-type]

    def fillers(self, points: Sequence[Point]) -> list[Point]:
        """Points that nobody trains, which fill a cohort up to one of a few shapes."""
        from recsys.models.parts.packing import fillers_by_size

        return fillers_by_size(points)

    # training

    @abstractmethod
    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """One model of all points: user and item codes (B,) in, ratings or scores (B, M) out.

        A sequence of one point gives the ordinary model, which is served.
        """

    def solver(self, plan: Plan, inputs: SolverInputs) -> Solver:
        """What finds the weights of a model."""
        return self.method(plan).solver(self, plan, inputs)

    def method(self, plan: Plan) -> SolverMethod:
        """The method that a plan names."""
        return next(each for each in self.solvers if each.name == plan.solver)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """What the rows are that no training rating touches: the mean of the others."""
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
        """The l2 penalty of a batch that does not look embeddings up row by row: see `embedding_penalty`."""
        from recsys.models.parts.penalty import embedding_penalty

        return embedding_penalty(model, users, user_weights, items, item_weights)

    # predictions

    def scores(
        self,
        model: keras.Model,
        users: tf.Tensor,
        items: tf.Tensor,
        *,
        whole: bool = False,
        training: bool = False,
    ) -> tf.Tensor:
        """Scores (M, B, N) of items (N,) for user codes (B,), not clipped: clipping would make ties.

        Args:
            model: Of this kind.
            users: Codes.
            items: Codes.
            whole: The items are the catalogue in its order, so that tables need not be gathered.
            training: Whether dropout is on; it drops dimensions of a user, for all items alike.
        """
        from recsys.models.parts.pairs import scores_of_pairs

        del whole
        return scores_of_pairs(model, users, items, training=training)

    def distribution(self, model: keras.Model) -> RatingDistribution | None:  # noqa: ARG002 - most kinds have none
        """The predictive distribution of ratings by an ordinary model; None where it predicts means alone."""
        return None

    def save(self, model: keras.Model, path: Path) -> None:
        """Write all that serves an ordinary model, into files that begin with the path."""
        model.save(path.with_suffix(".keras"))

    def load(self, path: Path) -> keras.Model:
        """Read a model back."""
        import keras

        import recsys.models.layers  # noqa: F401 - Keras finds the layers of a saved model by their registered names

        return keras.models.load_model(path.with_suffix(".keras"))

    def fold_in(self, model: keras.Model, point: Point, items: int) -> FoldIn:
        """How people who are not in the data are folded into an ordinary model.

        Args:
            model: As it is served.
            point: What it was trained at.
            items: I, of the catalogue.

        Raises:
            InputError: Nobody can be folded in.
        """
        from recsys.models.fold_in.descent import DescentFoldIn

        return DescentFoldIn(self, model, point, items)


def ranks(points: Sequence[Mapping[str, Any]]) -> bool:
    """Whether points are trained on rankings; the members of a cohort all are, or none is."""
    return all("loss" in point and family_of(point["loss"]) == "ranking" for point in points)
