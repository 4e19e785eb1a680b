"""Points: what a search space and fixed values come to, for a model: what is searched, and what holds beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recsys.models.purpose import Purpose
from recsys.models.settings import ModelSettings
from recsys.spaces.branches import branches
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space


@dataclass(frozen=True)
class Points:
    """The points that an experiment admits."""

    model: ModelSettings
    space: Space
    fixed: Mapping[str, Value]
    """By `[point]`, whether or not the space has it too."""
    ranks: bool
    """Whether the objective is of lists."""
    implicit: bool
    """Whether the data have no ratings."""

    @property
    def purpose(self) -> Purpose:
        """What all of them are trained for."""
        return self._purpose({name: parameter.ends for name, parameter in self.space.items()})

    @property
    def searched(self) -> Space:
        """The parameters to search; without those that are fixed, or that hang on what is ruled out."""
        return self.space.with_fixed({**self.unsearched, **self.fixed})

    @property
    def unsearched(self) -> dict[str, Value]:
        """What parameters are that are not in the space, those among them that a point need not name."""
        unnamed: dict[str, Value] = {"solver": self.purpose.solvers[0]}
        values = {**unnamed, **self.purpose.defaults, **self.fixed}
        return {name: value for name, value in values.items() if name not in self.space or name in self.fixed}

    @property
    def default(self) -> dict[str, Value]:
        """The model's defaults with the fixed values in their place.

        What only a factory of the user's own knows starts from the middle of its range.
        """
        middles = {name: parameter.middle for name, parameter in self.searched.items()}
        return {**middles, **self.purpose.defaults, **self.fixed}

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
        own = self._purpose({name: (value,) for name, value in searched.items()}).defaults
        kept = {name: value for name, value in point.items() if name in {*searched, *self.fixed, *own}}
        return {**own, **kept}

    def complaints(self) -> Iterator[str]:
        """What does not go together in some case, or does nothing in any, a sentence each, after the name."""
        purposes = [self._purpose({name: part.ends for name, part in case.items()}) for case in branches(self.searched)]
        for purpose in purposes:
            yield from purpose.complaints()
        idle = [{each.partition(":")[0]: each for each in purpose.idle()} for purpose in purposes]
        for name, complaint in {name: each for found in idle for name, each in found.items()}.items():
            if all(name in found for found, purpose in zip(idle, purposes, strict=True) if name in purpose.values):
                yield complaint

    def _purpose(self, values: Mapping[str, Sequence[Value]]) -> Purpose:
        fixed = {name: (value,) for name, value in self.fixed.items()}
        return Purpose(self.model, {**values, **fixed}, self.ranks, self.implicit)
