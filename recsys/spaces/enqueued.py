"""Enqueued points: points given by the user, checked against the search space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.errors import shown
from recsys.spaces.kind_tables import named
from recsys.spaces.parameter import Value, coerce, describe_domain
from recsys.spaces.space import Space


def enqueued_points(
    points: Sequence[Mapping[str, Value]],
    space: Space,
    elsewhere: Mapping[str, Value],
    known: Sequence[str] | None,
    place: str,
) -> list[dict[str, Value]]:
    """The searched parameters of each given point. The sampler proposes those that a point leaves out.

    Args:
        points: The given points, which may have parameters of the model that are not searched.
        space: The search space.
        elsewhere: The values of parameters that are not searched; a point must have the same.
        known: The parameters of the model; None if they are unknown.
        place: The name of the points in messages.

    Raises:
        ValueError: A point has an unknown or inactive parameter or a value that is not admitted, has no searched
            parameter, or repeats another point.
    """
    found: list[dict[str, Value]] = []
    for number, point in enumerate(points):
        here = f"{place}[{number}]"
        point = named(point, space.root)  # noqa: PLW2901 - the same point, with the names of the space
        point = {name: coerce(value, space[name]) if name in space else value for name, value in point.items()}  # noqa: PLW2901 - the same point, with coerced values
        for name, value in point.items():
            if complaint := _complaint(name, value, space, elsewhere, known):
                raise ValueError(f"{here}.{shown(name)}: {complaint}")
        searched = {name: space[name].nearest(value) for name, value in space.part(point).items()}
        if idle := [name for name in space if name in point and name not in searched]:
            condition = " and ".join(
                f"{parent} = {shown(repr(given))}" for parent, given in (space[idle[0]].when or {}).items()
            )
            raise ValueError(f"{here}.{idle[0]}: is active only if {condition}")
        if not searched:
            raise ValueError(f"{here}: has none of the searched parameters: {', '.join(space)}")
        if searched in found:
            raise ValueError(f"{here}: repeats {place}[{found.index(searched)}]")
        found.append(searched)
    return found


def _complaint(
    name: str, value: Value, space: Space, elsewhere: Mapping[str, Value], known: Sequence[str] | None
) -> str | None:
    if name in space:
        parameter = space[name]
        return None if value in parameter else f"{shown(repr(value))} is not in the space: {describe_domain(parameter)}"
    if name in elsewhere:
        fixed = elsewhere[name]
        return None if value == fixed else f"{shown(repr(value))} is not searched: it is {shown(repr(fixed))} here"
    if known is not None and name in known:
        return None  # a parameter of the model that is not searched
    return f"no such parameter; the searched parameters are {', '.join(space)}"


def mismatch(point: Mapping[str, Value], space: Space, elsewhere: Mapping[str, Value]) -> str | None:
    """Why a point of another space is not a point of this one, in two words; None if it is.

    Args:
        point: A complete point.
        space: The search space.
        elsewhere: The values of parameters that are not searched.
    """
    here = named(point, space.root)
    for name in space.active(here):
        if name not in here:
            return f"{name} missing"
        if here[name] not in space[name]:
            return f"{name} outside"
    differing = [name for name, value in elsewhere.items() if name not in space and point.get(name, value) != value]
    return f"{differing[0]} differs" if differing else None
