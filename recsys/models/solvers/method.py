"""The contract of a solver method: its name, the losses that it solves, and how it makes a solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from recsys.models.hyperparameters import either

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind
    from recsys.models.plan import Plan
    from recsys.models.solvers.solver import Solver, SolverInputs

SQUARED_LOSSES = ("mean_squared_error", "weighted_squared")
"""The losses whose minimum over one side of a dot product is the solution of linear equations."""

ROW_WISE_FROM = 20_000
"""The number of users and items together from which an update of Adam changes only the batch's rows of a table."""


class SolverMethod(ABC):
    """A method to compute a model's weights, which kinds of models name."""

    name: ClassVar[str]
    """The value of the hyperparameter `solver`."""
    solves: ClassVar[str]
    """What it does, as the part of a sentence between its name and its kinds."""
    gradient_free: ClassVar[str | None] = None
    """The reason why gradient parameters do nothing, as the end of a sentence; None if it follows gradients."""
    page: ClassVar[str] = ""
    """The paragraph of the reference on it, as Markdown; `{kinds}` is replaced by the names of its kinds."""
    together: ClassVar[bool] = True
    """Whether several members train at once. If not, each is a cohort of its own."""

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:  # noqa: ARG002 - most solvers can take any loss
        """Return why it cannot solve these losses.

        Returns:
            One sentence for each problem, as `parameter: problem`.
        """
        return iter(())

    @abstractmethod
    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:
        """Return the solver of one program."""


class Adam(SolverMethod):
    """Gradient descent by Adam over the batches of a plan."""

    name = "adam"
    solves = "follows the gradients of losses, those"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:
        """Return an `AdamSolver` with the batch source of the plan."""
        from recsys.models.solvers.adam import AdamSolver

        return AdamSolver(inputs, kind.batches(plan, inputs))


class AlternatingLeastSquares(SolverMethod):
    """Alternating least squares over a dot product of embeddings."""

    name = "als"
    solves = "solves dot products, those"
    gradient_free = "does nothing with solver = 'als', which solves for each side in turn"
    page = """`solver = "als"` solves for the embeddings of {kinds} in closed form, instead of following gradients.
It needs `loss = "weighted_squared"`, or `loss = "mean_squared_error"` for ratings. It refuses the parameters of
gradients, because they would do nothing.
"""

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:
        """Yield a sentence if one of the losses is not a squared loss."""
        if unsolved := [loss for loss in losses if loss not in SQUARED_LOSSES]:
            yield f"solver: 'als' solves squared losses, {either(SQUARED_LOSSES)}, not {either(unsolved)}"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - every kind with it is a dot product
        """Return an `AlternatingSolver` for the plan."""
        from recsys.models.solvers.als import AlternatingSolver

        return AlternatingSolver(plan, inputs)


ADAM, ALS = Adam(), AlternatingLeastSquares()
