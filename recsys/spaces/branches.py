"""The cases of a space: what its conditions tell apart, each a space without conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from recsys.spaces.parameter import Parameter, Value
from recsys.spaces.space import Space, satisfies

_MOST = 10_000


@dataclass(frozen=True)
class ValueSet:
    """Those values of a parameter that all conditions treat alike."""

    parameter: Parameter
    only: Value | None = None
    """The one value; None for all but some."""
    without: tuple[Value, ...] = ()

    @property
    def ends(self) -> tuple[Value, ...]:
        """The value, or the ends of the range."""
        if self.only is not None:
            return (self.only,)
        return tuple(value for value in self.parameter.ends if value not in self.without) or self.parameter.ends

    @property
    def size(self) -> int | None:
        """How many values there are; None where there is no end of them."""
        if self.only is not None:
            return 1
        return None if self.parameter.size is None else self.parameter.size - len(self.without)

    def of(self, values: Sequence[Value]) -> int:
        """How many of the values are in it."""
        return sum(value == self.only if self.only is not None else value not in self.without for value in values)


Branch = Mapping[str, ValueSet]


def branches(space: Space) -> Sequence[Branch]:
    """Every combination of values that the conditions tell apart: by name, the parts of the parameters active in it.

    Raises:
        ValueError: There are too many to go through.
    """
    named: dict[str, list[Value]] = {}
    for _, parent, values in space.conditions():
        named.setdefault(parent, []).extend(value for value in values if value not in named.get(parent, ()))
    found: list[dict[str, ValueSet]] = [{}]
    for name, parameter in space.items():
        parts = _parts(parameter, tuple(named.get(name, ())))
        found = [{**case, **more} for case in found for more in (_more(space, name, case, parts))]
        if len(found) > _MOST:
            raise ValueError(f"the conditions on {', '.join(named)} have more than {_MOST:,} cases")
    return found


def _parts(parameter: Parameter, named: tuple[Value, ...]) -> list[ValueSet]:
    every = parameter.size is not None and parameter.size == len(named)
    return [
        *(ValueSet(parameter, only=value) for value in named),
        *([] if every else [ValueSet(parameter, without=named)]),
    ]


def _more(space: Space, name: str, case: Branch, parts: Sequence[ValueSet]) -> list[dict[str, ValueSet]]:
    """The parts of a parameter that go with a case; where it is not active, nothing does."""
    for parent, given in (space[name].when or {}).items():
        if parent in space and (parent not in case or not satisfies(given, case[parent].only)):
            return [{}]
    return [{name: part} for part in parts]


def point_count(space: Space) -> int | None:
    """How many points a space has; None where there is no end of them."""
    sizes = [[part.size for part in case.values()] for case in branches(space)]
    if any(None in each for each in sizes):
        return None
    return sum(prod(size for size in each if size is not None) for each in sizes)


def grid_size(space: Space, axes: Mapping[str, Sequence[Value]]) -> int:
    """How many points a space has of which each value is on its axis."""
    return sum(prod(part.of(axes[name]) for name, part in case.items()) for case in branches(space))


def condition_groups(space: Space) -> list[list[str]]:
    """The names by what they hang on; those first that others hang on."""
    found: dict[str, list[str]] = {}
    for name, parameter in space.items():
        found.setdefault(repr(sorted((parameter.when or {}).items())), []).append(name)
    return list(found.values())
