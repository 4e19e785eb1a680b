"""EASE, the embarrassingly shallow autoencoder (Steck 2019), whose history weighs recent items more.

    s(h, i) = Σ_s 2^(-steps ago / half-life) B[i_s, i]

The item weights B minimise ‖X - X B‖² + l2 ‖B‖² with a zero diagonal, over the choices X of all users, whenever they
were made: the half-life changes the history that lists are made of, and not what is learnt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from recsys.models.hyperparameters import LOSS, NOT_NEGATIVE, Hyperparameter, either
from recsys.models.parts.parameters import solver_parameter
from recsys.models.sequences.kind import HISTORY_LENGTH, HistoryKind
from recsys.models.solvers.method import SolverMethod
from recsys.spaces.parameter import Point

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from recsys.models.inputs import DataShape
    from recsys.models.kind import ModelKind
    from recsys.models.options import ModelOptions
    from recsys.models.parts.cold_rows import ColdRows
    from recsys.models.plan import Plan
    from recsys.models.solvers.solver import Solver, SolverInputs
    from recsys.models.training_data import TrainingData

_LOSS = "weighted_squared"


class ClosedForm(SolverMethod):
    """One solution in closed form: a sweep needs one epoch."""

    name = "closed_form"
    solves = "inverts a matrix of items, that"
    gradient_free = "does nothing with solver = 'closed_form', which inverts a matrix"
    page = """`solver = "closed_form"` computes the weights of {kinds} in one step, so that `training.epochs = 1` is
enough. It inverts a matrix of items by items, or of users by users if there are far fewer users.
"""
    together = False  # a matrix of items by items fills the caches

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:
        """Yield a sentence if a loss is not that of EASE."""
        if others := [loss for loss in losses if loss != _LOSS]:
            yield f"loss: 'closed_form' minimises {either([_LOSS])}, not {either(others)}"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - there is one solution
        """Return an `EASESolver` of the training positives."""
        from recsys.models.ease.solver import EASESolver

        return EASESolver(inputs)


CLOSED_FORM = ClosedForm()


class EASEKind(HistoryKind):
    """Item weights in closed form."""

    name = "ease"
    title = "EASE"
    hyperparameters = (
        Hyperparameter(
            "l2",
            500.0,
            NOT_NEGATIVE,
            "The l2 penalty on the weights between items.",
            search={"next": {"type": "float", "low": 30.0, "high": 5000.0, "scale": "log"}},
        ),
        Hyperparameter(
            "history_half_life",
            0.0,
            NOT_NEGATIVE,
            "The number of later items that halves the weight of an item of a history. 0 weighs all items equally.",
            search={"next": {"type": "float", "low": 0.5, "high": 50.0, "scale": "log"}},
        ),
        HISTORY_LENGTH.but(default=200),
        Hyperparameter("loss", _LOSS, LOSS, "The loss that the weights minimise."),
        solver_parameter(CLOSED_FORM),
    )
    options = ()
    included = "ease has only weights between items"
    solvers = (CLOSED_FORM,)
    first_searched = ("l2", "history_half_life")

    def width(self, point: Point) -> int:  # noqa: ARG002 - each is a cohort of its own
        """Return 1, because each member is a cohort of its own."""
        return 1

    def fillers(self, points: Sequence[Point]) -> list[Point]:  # noqa: ARG002 - each is a cohort of its own
        """Return no fillers, because each member is a cohort of its own."""
        return []

    def build(
        self, shape: DataShape, points: Sequence[Point], seeds: Sequence[int], *, options: ModelOptions
    ) -> keras.Model:
        """Build the model of one point from histories (B, L) and item codes (B,) to scores (B, 1)."""
        from recsys.models.ease.build import build_ease

        del seeds, options
        (point,) = points
        return build_ease(shape, point)

    def cold_rows(self, model: keras.Model, data: TrainingData, plan: Plan) -> ColdRows:
        """Return no cold rows, because an item without positives has weights of 0."""
        from recsys.models.parts.cold_rows import ColdRows

        del data, plan
        return ColdRows.none(model)

    def padding(self, model: keras.Model) -> int:
        """Return the number of items of the table."""
        return int(model.get_layer("item_weights").items)

    def scores(
        self,
        model: keras.Model,
        people: tf.Tensor,
        items: tf.Tensor,
        *,
        whole: bool = False,
        training: bool = False,  # noqa: ARG002 - there is no dropout
    ) -> tf.Tensor:
        """Return scores (1, B, N) as a product of histories and item weights."""
        import tensorflow as tf

        scores = model.get_layer("item_weights").of_all(people)
        return (scores if whole else tf.gather(scores, items, axis=1))[None]


EASE_KIND = EASEKind()
