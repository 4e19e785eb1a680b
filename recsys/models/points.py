"""Points: the parameters that a search space and fixed values leave to search, and the values of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recsys.models.compatibility import Compatibility
from recsys.models.options import ModelOptions
from recsys.spaces.branches import branches
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space


@dataclass(frozen=True)
class Points:
    """The points that an experiment admits."""

    model: ModelOptions
    space: Space
    fixed: Mapping[str, Value]
    """The values of `[point]`, also of parameters that the space has too."""
    ranks: bool
    """Whether the objective is a ranking metric."""
    implicit: bool
    """Whether the data have no ratings."""
    features: bool = False
    """Whether the data have features of users or of items."""

    @property
    def compatibility(self) -> Compatibility:
        """The compatibility of all points together."""
        return self._compatibility({name: parameter.ends for name, parameter in self.space.items()})

    @property
    def searched(self) -> Space:
        """The parameters to search.

        It excludes fixed parameters, and those whose condition cannot hold for the fixed values.
        """
        return self.space.with_fixed({**self.unsearched, **self.fixed})

    @property
    def unsearched(self) -> dict[str, Value]:
        """The values of parameters outside the space, including those that a point may leave out."""
        unnamed: dict[str, Value] = {"solver": self.compatibility.solvers[0]}
        values = {**unnamed, **self.compatibility.defaults, **self.fixed}
        return {name: value for name, value in values.items() if name not in self.space or name in self.fixed}

    @property
    def default(self) -> dict[str, Value]:
        """The model's defaults, with the fixed values in their place.

        A searched parameter that only a user's own factory knows has the middle of its range.
        """
        middles = {name: parameter.middle for name, parameter in self.searched.items()}
        return {**middles, **self.compatibility.defaults, **self.fixed}

    @property
    def beside(self) -> dict[str, Value]:
        """The values of all parameters that are not searched, and the defaults of those that are."""
        return {**self.default, **self.unsearched}

    def whole(self, searched: Mapping[str, Value]) -> dict[str, Value]:
        """Return the point of the model for searched values.

        A parameter that is not active has the model's default if it applies, as if it were in no space.

        Args:
            searched: The values of the active searched parameters.
        """
        point = self.searched.whole(self.default, searched)
        if all(parameter.when is None for _, parameter in self.space.items()):
            return point
        own = self._compatibility({name: (value,) for name, value in searched.items()}).defaults
        kept = {name: value for name, value in point.items() if name in {*searched, *self.fixed, *own}}
        return {**own, **kept}

    def complaints(self) -> Iterator[str]:
        """Yield what is incompatible in some branch of the space, or does nothing in all of them.

        Yields:
            One sentence for each problem, as `parameter: problem`.
        """
        found = [
            self._compatibility({name: part.ends for name, part in case.items()}) for case in branches(self.searched)
        ]
        for each in found:
            yield from each.complaints()
        idle = [{line.partition(":")[0]: line for line in each.idle()} for each in found]
        for name, complaint in {name: line for lines in idle for name, line in lines.items()}.items():
            if all(name in lines for lines, each in zip(idle, found, strict=True) if name in each.values):
                yield complaint

    def _compatibility(self, values: Mapping[str, Sequence[Value]]) -> Compatibility:
        fixed = {name: (value,) for name, value in self.fixed.items()}
        return Compatibility(self.model, {**values, **fixed}, self.ranks, self.implicit, self.features)
