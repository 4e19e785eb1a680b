"""What a solver is to a kind of model: its name, what it can solve, and how it is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from recsys.models.hyperparameters import either

if TYPE_CHECKING:
    from recsys.models.kind import ModelKind
    from recsys.models.plan import Plan
    from recsys.models.solvers.solver import Solver, SolverInputs


class SolverMethod(ABC):
    """A way to find a model's weights, which kinds of models name."""

    name: ClassVar[str]
    """The value of the hyperparameter `solver`."""
    solves: ClassVar[str]
    """What it does, as the middle of a sentence from its name to the kinds that have it."""
    gradient_free: ClassVar[str | None] = None
    """Why parameters of gradients do nothing, as the end of a sentence; None where it follows gradients."""
    page: ClassVar[str] = ""
    """What the reference says of it, as Markdown."""
    together: ClassVar[bool] = True
    """Whether several members are trained at once; else each is a cohort of its own."""

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:  # noqa: ARG002 - most solvers take any loss
        """Why it cannot solve these losses, a sentence each, after the name of the parameter."""
        return iter(())

    @abstractmethod
    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:
        """The solver of one program."""


class Adam(SolverMethod):
    """Gradient descent by Adam over the batches of a plan."""

    name = "adam"
    solves = "follows the gradients of losses, those"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:
        """See `AdamSolver`."""
        from recsys.models.batches.choose import batches_of
        from recsys.models.solvers.adam import AdamSolver

        return AdamSolver(inputs, batches_of(kind, plan, inputs))


class AlternatingLeastSquares(SolverMethod):
    """Alternating least squares over a dot product of embeddings."""

    name = "als"
    solves = "solves dot products, those"
    gradient_free = "does nothing with solver = 'als', which solves for each side in turn"
    page = """`solver = "als"` solves for the embeddings of `mf` and `nnmf` in closed form, in place of `"adam"`: of
`loss = "weighted_squared"`, or of `"mean_squared_error"` on ratings. What belongs to gradients then does nothing, and
is refused.
"""
    LOSSES = ("mean_squared_error", "weighted_squared")
    """The losses whose minimum over one side is the solution of linear equations."""

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:
        """It solves squared losses."""
        if unsolved := [loss for loss in losses if loss not in self.LOSSES]:
            yield f"solver: 'als' solves squared losses, {either(self.LOSSES)}, not {either(unsolved)}"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - a dot product is one
        """See `AlternatingSolver`."""
        from recsys.models.solvers.als import AlternatingSolver

        return AlternatingSolver(plan, inputs)


ADAM, ALS = Adam(), AlternatingLeastSquares()
