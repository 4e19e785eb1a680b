"""Purpose: what a model is trained for, ratings or rankings, and which of its parameters then have a say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recsys.losses.table import RANKING_LOSSES, RATING_LOSSES, family_of
from recsys.models.parameters import default_point
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value

_SOLVED = {"mean_squared_error": "rating", "weighted_squared": "ranking"}
"""The losses whose minimum over one side is the solution of linear equations."""
_OF_GRADIENTS = ("learning_rate", "dropout", "batch_size", "negatives", "negatives_power")
_ONLY_RANKING = ("unobserved_weight", "seen_weight", "negatives", "negatives_power")


@dataclass(frozen=True)
class Purpose:
    """What the values that an experiment admits come to."""

    model: ModelSettings
    values: Mapping[str, Sequence[Value]]
    """By parameter, the values that `[point]` fixes or the space admits, or the ends of its range."""
    ranks: bool
    """Whether the objective is of lists."""
    implicit: bool
    """Whether the data have no ratings."""

    @property
    def losses(self) -> Sequence[str]:
        """The losses that points may have: of rankings by default where lists are what counts."""
        default = "softmax" if self.ranks and not self.model.sampled else "mean_squared_error"
        return [str(loss) for loss in self.values.get("loss", (default,))]

    @property
    def solvers(self) -> Sequence[str]:
        """The solvers that points may have."""
        default = "gibbs" if self.model.sampled else "adam"
        return [str(solver) for solver in self.values.get("solver", (default,))]

    @property
    def ranking(self) -> bool:
        """Whether there is a loss of rankings among them."""
        return any(family_of(loss) == "ranking" for loss in self.losses)

    @property
    def defaults(self) -> dict[str, Value]:
        """The default point, without parameters that have no say."""
        if self.model.sampled:
            return default_point(self.model)
        point = {**default_point(self.model, ranking=self.ranking), "loss": self.losses[0]}
        inactive = {
            *self._unsolved_for,
            *(() if self._weighs_unobserved else ("unobserved_weight",)),
            *(("seen_weight",) if self.implicit else ()),
        }
        return {name: value for name, value in point.items() if name not in inactive}

    def complaints(self) -> Iterator[str]:
        """What does not go together, a sentence each, after the name of the parameter."""
        if self.model.sampled:
            if set(self.solvers) != {"gibbs"}:
                yield f"solver: {self.model.kind} is drawn from its posterior: expected 'gibbs'"
            return
        if "gibbs" in self.solvers:
            yield "solver: 'gibbs' draws from a posterior, that of bayesian_mf; expected 'adam' or 'als'"
        families = {family_of(loss) for loss in self.losses}
        if "ranking" in families and not self.ranks:
            first = next(loss for loss in self.losses if family_of(loss) == "ranking")
            yield (
                f"loss: {first!r} trains scores, which are no ratings, and the objective is of ratings: expected "
                f"{_either([loss.name for loss in RATING_LOSSES])}, or objective.metric = 'ndcg' or another of rankings"
            )
        if "rating" in families and self.implicit:
            yield f"loss: implicit data have no ratings to be near to: expected {_either(RANKING_LOSSES)}"
        if "als" in self.solvers:
            yield from self._unsolvable()

    def idle(self) -> Iterator[str]:
        """What does nothing, a sentence each, after the name of the parameter."""
        if self.model.sampled:
            return
        if not self.ranking:
            for name in _ONLY_RANKING:
                if name in self.values:
                    yield f"{name}: does nothing, as no loss is of rankings: {_either(RANKING_LOSSES)}"
        elif "unobserved_weight" in self.values and not self._weighs_unobserved:
            weighing = [name for name, loss in RANKING_LOSSES.items() if loss.weighs_unobserved]
            yield f"unobserved_weight: does nothing in {_either(self.losses)}; it has a say in {_either(weighing)}"
        if "seen_weight" in self.values and self.implicit:
            yield "seen_weight: does nothing, as all implicit data are positives"
        for name in self._unsolved_for:
            if name in self.values:
                yield f"{name}: does nothing with solver = 'als', which solves for each side in turn"

    def _unsolvable(self) -> Iterator[str]:
        if self.model.kind not in ("mf", "nnmf"):
            yield "solver: 'als' solves dot products, those of mf and nnmf; expected 'adam'"
        if unsolved := [loss for loss in self.losses if loss not in _SOLVED]:
            yield f"solver: 'als' solves squared losses, {_either(_SOLVED)}, not {_either(unsolved)}"

    @property
    def _unsolved_for(self) -> Sequence[str]:
        """What exact solutions do without; of rankings item biases too."""
        if set(self.solvers) != {"als"}:
            return ()
        return (*_OF_GRADIENTS, "bias_l2") if self.ranking else _OF_GRADIENTS

    @property
    def _weighs_unobserved(self) -> bool:
        return any(loss in RANKING_LOSSES and RANKING_LOSSES[loss].weighs_unobserved for loss in self.losses)


def _either(names: Sequence[str] | Mapping[str, object]) -> str:
    *others, last = map(repr, names)
    return f"{', '.join(others)} or {last}" if others else last
