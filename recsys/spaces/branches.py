"""The branches of a conditional space, each of which is a space without conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from recsys.spaces.parameter import Parameter, Value
from recsys.spaces.space import Space, satisfies

_MOST = 10_000
"""The maximal number of branches."""


@dataclass(frozen=True)
class ValueSet:
    """Values of a parameter that no condition distinguishes."""

    parameter: Parameter
    only: Value | None = None
    """The single value; None for all values but those in `without`."""
    without: tuple[Value, ...] = ()

    @property
    def ends(self) -> tuple[Value, ...]:
        """The single value, or the ends of the range."""
        if self.only is not None:
            return (self.only,)
        return tuple(value for value in self.parameter.ends if value not in self.without) or self.parameter.ends

    @property
    def size(self) -> int | None:
        """The number of values; None if it is infinite."""
        if self.only is not None:
            return 1
        return None if self.parameter.size is None else self.parameter.size - len(self.without)

    def of(self, values: Sequence[Value]) -> int:
        """How many of the given values belong to the set."""
        return sum(value == self.only if self.only is not None else value not in self.without for value in values)


Branch = Mapping[str, ValueSet]
"""The active parameters of a branch and their values, keyed by name."""


def branches(space: Space) -> Sequence[Branch]:
    """All branches of a space: the combinations of value sets that its conditions distinguish.

    Raises:
        ValueError: There are more than 10,000 branches.
    """
    named: dict[str, list[Value]] = {}
    for _, parent, values in space.conditions():
        named.setdefault(parent, []).extend(value for value in values if value not in named.get(parent, ()))
    found: list[dict[str, ValueSet]] = [{}]
    for name, parameter in space.items():
        parts = _parts(parameter, tuple(named.get(name, ())))
        found = [{**case, **more} for case in found for more in (_more(space, name, case, parts))]
        if len(found) > _MOST:
            raise ValueError(f"the conditions on {', '.join(named)} have more than {_MOST:,} branches")
    return found


def _parts(parameter: Parameter, named: tuple[Value, ...]) -> list[ValueSet]:
    every = parameter.size is not None and parameter.size == len(named)
    return [
        *(ValueSet(parameter, only=value) for value in named),
        *([] if every else [ValueSet(parameter, without=named)]),
    ]


def _more(space: Space, name: str, case: Branch, parts: Sequence[ValueSet]) -> list[dict[str, ValueSet]]:
    """The extensions of a branch by a parameter; one without it if it is not active."""
    for parent, given in (space[name].when or {}).items():
        if parent in space and (parent not in case or not satisfies(given, case[parent].only)):
            return [{}]
    return [{name: part} for part in parts]


def point_count(space: Space) -> int | None:
    """The number of points of a space; None if it is infinite."""
    sizes = [[part.size for part in case.values()] for case in branches(space)]
    if any(None in each for each in sizes):
        return None
    return sum(prod(size for size in each if size is not None) for each in sizes)


def grid_size(space: Space, axes: Mapping[str, Sequence[Value]]) -> int:
    """The number of points of a space whose values are all in `axes`."""
    return sum(prod(part.of(axes[name]) for name, part in case.items()) for case in branches(space))


def condition_groups(space: Space) -> list[list[str]]:
    """The names, grouped by equal conditions; a group comes after the groups that it depends on."""
    found: dict[str, list[str]] = {}
    for name, parameter in space.items():
        found.setdefault(repr(sorted((parameter.when or {}).items())), []).append(name)
    return list(found.values())
