"""The solver method of weights between items: one solution in closed form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from recsys.models.hyperparameters import either
from recsys.models.solvers.method import SolverMethod

if TYPE_CHECKING:
    from recsys.models.item_weights.kind import ItemWeightsKind
    from recsys.models.kind import ModelKind
    from recsys.models.plan import Plan
    from recsys.models.solvers.solver import Solver, SolverInputs

LOSS_OF_WEIGHTS = "weighted_squared"


class ClosedForm(SolverMethod):
    """One solution in closed form: a sweep needs one epoch."""

    name = "closed_form"
    solves = "computes weights between items, those"
    gradient_free = "does nothing with solver = 'closed_form', which computes weights between items at once"
    page = """`solver = "closed_form"` computes the weights between items of {kinds} in one step, so that
`training.epochs = 1` is enough. EASE inverts a matrix of items by items, or of users by users if there are far fewer
users.
"""
    together = False  # a matrix of items by items fills the caches

    def complaints(self, losses: Sequence[str]) -> Iterator[str]:
        """Yield a sentence if a loss is not the one that it reports."""
        if others := [loss for loss in losses if loss != LOSS_OF_WEIGHTS]:
            yield f"loss: 'closed_form' reports {either([LOSS_OF_WEIGHTS])}, not {either(others)}"

    def solver(self, kind: ModelKind, plan: Plan, inputs: SolverInputs) -> Solver:  # noqa: ARG002 - there is one solution
        """Return a solver of the training positives."""
        from recsys.models.item_weights.solver import ItemWeightsSolver

        return ItemWeightsSolver(cast("ItemWeightsKind", kind), inputs)


CLOSED_FORM = ClosedForm()
