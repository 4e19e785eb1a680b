"""Known points: those that a person gives, checked against the space that they are to be tried in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recsys.errors import shown
from recsys.spaces.parameter import Value, coerce, describe_domain
from recsys.spaces.space import Space


def enqueued_points(
    points: Sequence[Mapping[str, Value]],
    space: Space,
    elsewhere: Mapping[str, Value],
    known: Sequence[str] | None,
    place: str,
) -> list[dict[str, Value]]:
    """What each of the points says of the parameters that are searched; what it leaves out is open.

    Args:
        points: As they were given; whole points of a model may say more than is searched.
        space: What is searched.
        elsewhere: The values of parameters that are not searched, which the points have to agree with.
        known: The parameters of the model; None where it alone knows them.
        place: What a message calls the points.

    Raises:
        ValueError: A point has an unknown parameter or a value that is not admitted, says nothing of what is searched,
            or repeats another.
    """
    found: list[dict[str, Value]] = []
    for number, point in enumerate(points):
        here = f"{place}[{number}]"
        point = {name: coerce(value, space[name]) if name in space else value for name, value in point.items()}  # noqa: PLW2901 - the same, read
        for name, value in point.items():
            if complaint := _complaint(name, value, space, elsewhere, known):
                raise ValueError(f"{here}.{shown(name)}: {complaint}")
        searched = {name: space[name].nearest(value) for name, value in space.part(point).items()}
        if idle := [name for name in space if name in point and name not in searched]:
            hangs = " and ".join(
                f"{parent} = {shown(repr(given))}" for parent, given in (space[idle[0]].when or {}).items()
            )
            raise ValueError(f"{here}.{idle[0]}: has a say only where {hangs}")
        if not searched:
            raise ValueError(f"{here}: says nothing of what is searched: {', '.join(space)}")
        if searched in found:
            raise ValueError(f"{here}: says the same as {place}[{found.index(searched)}]")
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
        return None  # it has no say here
    return f"no such parameter; searched are {', '.join(space)}"


def mismatch(point: Mapping[str, Value], space: Space, elsewhere: Mapping[str, Value]) -> str | None:
    """Why a point of another space has no place in this one, in a word or two; None where it has.

    Args:
        point: A whole one.
        space: What is searched here.
        elsewhere: The values of parameters that are not searched here.
    """
    for name in space.active(point):
        if name not in point:
            return f"{name} missing"
        if point[name] not in space[name]:
            return f"{name} outside"
    differing = [name for name, value in elsewhere.items() if name not in space and point.get(name, value) != value]
    return f"{differing[0]} differs" if differing else None
