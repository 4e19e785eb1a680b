"""Points: what a search space and fixed values come to, for a model: what is searched, and what holds beside it."""

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
    """By `[point]`, whether or not the space has it too."""
    ranks: bool
    """Whether the objective is of lists."""
    implicit: bool
    """Whether the data have no ratings."""

    @property
    def compatibility(self) -> Compatibility:
        """What all of them are trained for."""
        return self._compatibility({name: parameter.ends for name, parameter in self.space.items()})

    @property
    def searched(self) -> Space:
        """The parameters to search; without those that are fixed, or that hang on what is ruled out."""
        return self.space.with_fixed({**self.unsearched, **self.fixed})

    @property
    def unsearched(self) -> dict[str, Value]:
        """What parameters are that are not in the space, those among them that a point need not name."""
        unnamed: dict[str, Value] = {"solver": self.compatibility.solvers[0]}
        values = {**unnamed, **self.compatibility.defaults, **self.fixed}
        return {name: value for name, value in values.items() if name not in self.space or name in self.fixed}

    @property
    def default(self) -> dict[str, Value]:
        """The model's defaults with the fixed values in their place.

        What only a factory of the user's own knows starts from the middle of its range.
        """
        middles = {name: parameter.middle for name, parameter in self.searched.items()}
        return {**middles, **self.compatibility.defaults, **self.fixed}

    @property
    def beside(self) -> dict[str, Value]:
        """What parameters are that are not searched; the default of those that are."""
        return {**self.default, **self.unsearched}

    def whole(self, searched: Mapping[str, Value]) -> dict[str, Value]:
        """A point of the model: what was searched, and what holds beside it.

        A parameter that is not active is as if it stood in no space: it has the model's default, if it has any say.
        """
        point = self.searched.whole(self.default, searched)
        if all(parameter.when is None for _, parameter in self.space.items()):
            return point
        own = self._compatibility({name: (value,) for name, value in searched.items()}).defaults
        kept = {name: value for name, value in point.items() if name in {*searched, *self.fixed, *own}}
        return {**own, **kept}

    def complaints(self) -> Iterator[str]:
        """What does not go together in some case, or does nothing in any, a sentence each, after the name."""
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
        return Compatibility(self.model, {**values, **fixed}, self.ranks, self.implicit)
