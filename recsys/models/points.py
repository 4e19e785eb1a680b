"""Points: the parameters that a search space and fixed values leave to search, and the values of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recsys.models.compatibility import Compatibility
from recsys.models.hyperparameters import both
from recsys.models.options import ModelOptions
from recsys.models.parameters import parameters_of
from recsys.spaces.branches import branches
from recsys.spaces.kind_tables import KIND, own_name
from recsys.spaces.parameter import Value
from recsys.spaces.space import Space


@dataclass(frozen=True)
class Points:
    """The points that an experiment admits. Where the kind is searched, they are those of all kinds."""

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

    @cached_property
    def by_kind(self) -> Mapping[str, Points]:
        """The points of each kind, named as in points of the model; empty if `[model]` fixes the model."""
        if not self.model.searches_kind:
            return {}
        return {str(kind): self._of(str(kind)) for kind in self.space[KIND].ends}

    def _of(self, kind: str) -> Points:
        model = self.model.at({KIND: kind})
        known = parameters_of(model) or ()
        fixed = {name: value for name, value in self.fixed.items() if name in known}
        return replace(self, model=model, space=self._space_of(kind).with_own_names(), fixed=fixed)

    def _space_of(self, kind: str) -> Space:
        """The parameters of points of a kind."""
        return self.space.with_fixed({KIND: kind})

    @property
    def _compatibility_of_all(self) -> Compatibility:
        """The compatibility of all points of one kind together."""
        return self._compatibility({name: parameter.ends for name, parameter in self.space.items()})

    @property
    def searched(self) -> Space:
        """The parameters to search.

        It excludes fixed parameters, and those whose condition cannot hold for the fixed values.
        """
        if self.by_kind:
            of_kinds = ((self._space_of(kind), each.searched) for kind, each in self.by_kind.items())
            kept = {KIND}.union(*({name for name in every if own_name(name) in own} for every, own in of_kinds))
            return Space({name: parameter for name, parameter in self.space.items() if name in kept})
        return self.space.with_fixed({**self.unsearched, **self.fixed})

    @property
    def unsearched(self) -> dict[str, Value]:
        """The values of parameters outside the space, including those that a point may leave out.

        Where the kind is searched, they are those that all kinds with the parameter share.
        """
        if self.by_kind:
            return _shared([each.unsearched for each in self.by_kind.values()])
        unnamed: dict[str, Value] = {"solver": self._compatibility_of_all.solvers[0]}
        values = {**unnamed, **self._compatibility_of_all.defaults, **self.fixed}
        return {name: value for name, value in values.items() if name not in self.space or name in self.fixed}

    @property
    def default(self) -> dict[str, Value]:
        """The model's defaults, with the fixed values in their place.

        A searched parameter that only a user's own factory knows has the middle of its range. Where the kind is
        searched, the first one is the default, and the parameters of the others follow its own.
        """
        if self.by_kind:
            return {KIND: next(iter(self.by_kind)), **_merged([each.default for each in self.by_kind.values()])}
        middles = {name: parameter.middle for name, parameter in self.searched.items()}
        return {**middles, **self._compatibility_of_all.defaults, **self.fixed}

    @property
    def beside(self) -> dict[str, Value]:
        """The values of all parameters that are not searched, and the defaults of those that are."""
        if self.by_kind:
            searched = set(map(own_name, self.searched))
            shared = _shared([each.beside for each in self.by_kind.values()])
            return {name: value for name, value in shared.items() if name not in searched}
        return {**self.default, **self.unsearched}

    @property
    def default_points(self) -> list[dict[str, Value]]:
        """The default point of every kind, if the kind is searched, so that a search begins with a look at each."""
        found = [{**each.default, KIND: kind} for kind, each in self.by_kind.items()]
        return [self.searched.nearest(point) for point in found]

    def whole(self, searched: Mapping[str, Value]) -> dict[str, Value]:
        """Return the point of the model for searched values.

        A parameter that is not active has the model's default if it applies, as if it were in no space.

        Args:
            searched: The values of the active searched parameters.
        """
        if self.by_kind:
            kind = str(searched[KIND])
            own = {own_name(name): value for name, value in searched.items() if name != KIND}
            return {KIND: kind, **self.by_kind[kind].whole(own)}
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
        for kind, own in self.by_kind.items():
            yield from self._complaints_of(kind, own)
        if self.by_kind:
            return
        found = [
            self._compatibility({name: part.ends for name, part in case.items()}) for case in branches(self.searched)
        ]
        for each in found:
            yield from each.complaints()
        idle = [{line.partition(":")[0]: line for line in each.idle()} for each in found]
        for name, complaint in {name: line for lines in idle for name, line in lines.items()}.items():
            if all(name in lines for lines, each in zip(idle, found, strict=True) if name in each.values):
                yield complaint

    def _complaints_of(self, kind: str, own: Points) -> Iterator[str]:
        """Yield what is wrong with the points of a kind, with the names of the space."""
        given = {own_name(name): name for name in self._space_of(kind)}
        for name in own.space:
            if name not in (parameters_of(own.model) or ()):
                yield f"{given[name]}: {kind} has no such parameter; {self._advice(name, given[name])}"
        for complaint in own.complaints():
            name, _, problem = complaint.partition(":")
            yield f"{given.get(name, name)}:{problem} (kind = {kind!r})"

    def _advice(self, name: str, given: str) -> str:
        """Return which kinds have a parameter, and where it belongs."""
        having = [kind for kind, points in self.by_kind.items() if name in (parameters_of(points.model) or ())]
        if given != name:
            return f"{both(having)} {'has' if len(having) == 1 else 'have'} it"
        return f"give it when = {{ {KIND} = {having} }}"

    def _compatibility(self, values: Mapping[str, Sequence[Value]]) -> Compatibility:
        fixed = {name: (value,) for name, value in self.fixed.items()}
        return Compatibility(self.model, {**values, **fixed}, self.ranks, self.implicit, self.features)


def _merged(points: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """The values of all points, those of earlier points in front."""
    return {name: value for point in reversed(points) for name, value in point.items()}


def _shared(points: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """The values on which all points agree that have the parameter."""
    return {
        name: value
        for name, value in _merged(points).items()
        if all(point.get(name, value) == value for point in points)
    }
