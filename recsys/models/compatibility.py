"""Compatibility of objective, loss, solver and kind of model, and which hyperparameters apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recsys.losses.table import RANKING_LOSSES, RATING_LOSSES, family_of
from recsys.models.hyperparameters import both, either
from recsys.models.kind import ModelKind
from recsys.models.kinds import KINDS, kind_of
from recsys.models.options import ModelOptions
from recsys.models.parameters import SOLVERS
from recsys.spaces.parameter import Value


@dataclass(frozen=True)
class Compatibility:
    """The values that an experiment admits, and what follows from them."""

    model: ModelOptions
    values: Mapping[str, Sequence[Value]]
    """By parameter, the values that `[point]` fixes or the space admits, or the ends of its range."""
    ranks: bool
    """Whether the objective is a ranking metric."""
    implicit: bool
    """Whether the data have no ratings."""
    features: bool = False
    """Whether the data have features of users or of items."""

    @property
    def kind(self) -> ModelKind:
        """The kind of the model."""
        return kind_of(self.model)

    @property
    def losses(self) -> Sequence[str]:
        """The losses that points may have.

        Without a loss in `values` it is the kind's default for the objective. A kind that trains on no loss has none.
        """
        loss = self.kind.parameter("loss")
        if loss is None:
            return []
        return [str(value) for value in self.values.get("loss", (loss.default_of(ranking=self.ranks),))]

    @property
    def solvers(self) -> Sequence[str]:
        """The solvers that points may have."""
        return [str(solver) for solver in self.values.get("solver", (self.kind.solvers[0].name,))]

    @property
    def ranking(self) -> bool:
        """Whether one of the losses is a ranking loss."""
        return any(family_of(loss) == "ranking" for loss in self.losses)

    @property
    def gradient_free(self) -> str | None:
        """The reason why gradient parameters do nothing; None if a solver follows gradients."""
        methods = [SOLVERS[solver] for solver in self.solvers if solver in SOLVERS]
        reasons = [method.gradient_free for method in methods]
        return reasons[0] if reasons and all(reasons) else None

    @property
    def defaults(self) -> dict[str, Value]:
        """The default point, without hyperparameters that do not apply."""
        point = self.kind.defaults(ranking=self.ranking)
        if self.losses:
            point["loss"] = self.losses[0]
        idle = {each.name for each in self.kind.hyperparameters if each.idle(self) is not None}
        return {name: value for name, value in point.items() if name not in idle}

    def complaints(self) -> Iterator[str]:
        """Yield what is incompatible.

        Yields:
            One sentence for each problem, as `parameter: problem`.
        """
        own = {method.name for method in self.kind.solvers}
        for solver in self.solvers:
            if solver in SOLVERS and solver not in own:
                theirs = [kind.name for kind in KINDS.values() if SOLVERS[solver] in kind.solvers]
                yield (
                    f"solver: {solver!r} {SOLVERS[solver].solves} of {both(theirs)}; expected "
                    f"{either([method.name for method in self.kind.solvers])}"
                )
        families = {family_of(loss) for loss in self.losses}
        if self.kind.only_ranks and "rating" in families:
            yield f"loss: {self.kind.name!r} ranks items: expected {either(RANKING_LOSSES)}"
        if "ranking" in families and not self.ranks:
            first = next(loss for loss in self.losses if family_of(loss) == "ranking")
            yield (
                f"loss: {first!r} trains scores that are not ratings, and the objective measures ratings: expected "
                f"{either([loss.name for loss in RATING_LOSSES])}, or objective.metric = 'ndcg' or another of rankings"
            )
        if "rating" in families and self.implicit:
            yield f"loss: implicit data have no ratings, which this loss needs: expected {either(RANKING_LOSSES)}"
        for solver in self.solvers:
            if solver in own:
                yield from SOLVERS[solver].complaints(self.losses)

    def idle(self) -> Iterator[str]:
        """Yield the hyperparameters that do nothing.

        Yields:
            One sentence for each of them, as `parameter: reason`.
        """
        for each in self.kind.hyperparameters:
            if each.name in self.values and (reason := each.idle(self)) is not None:
                yield f"{each.name}: {reason}"
