"""Tables of a space, each with the parameters of one kind of model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recsys.spaces.parameter import Value

KIND = "kind"
"""The parameter that searches the kind of model."""


def flattened(space: Any) -> Any:
    """Return a space as one table: the parameter `l2` of the table `mf` becomes `mf.l2`, active if `kind` is `mf`.

    Args:
        space: A space as TOML reads it; anything else is returned unchanged, for validation to refuse it.
    """
    if not isinstance(space, Mapping):
        return space
    found: dict[str, Any] = {}
    for name, value in space.items():
        if isinstance(value, Mapping) and value and "type" not in value and all(map(_is_mapping, value.values())):
            for own, parameter in value.items():
                found[f"{name}.{own}"] = {**parameter, "when": {KIND: name, **_conditions(name, value, parameter)}}
        else:
            found[name] = value
    return found


def nested(space: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a flat space as tables, as a file has them; `flattened` is the inverse."""
    found: dict[str, Any] = {}
    for name, parameter in space.items():
        kind, _, own = name.rpartition(".")
        if not kind:
            found[name] = parameter
            continue
        when = {own_name(parent): value for parent, value in parameter["when"].items() if parent != KIND}
        rest = {key: value for key, value in parameter.items() if key != "when"}
        found.setdefault(kind, {})[own] = {**rest, "when": when} if when else rest
    return found


def own_name(name: str) -> str:
    """Return the name of a parameter in a point of the model: `l2` for `mf.l2`."""
    return name.rpartition(".")[2]


def named(point: Mapping[str, Value], space: Mapping[str, Any]) -> dict[str, Value]:
    """Return a point with the names of a space: `mf.l2` for `l2` if the point is of the kind `mf`."""
    prefix = f"{point.get(KIND)}."
    return {
        name if name in space else f"{prefix}{name}" if prefix + name in space else name: point[name] for name in point
    }


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _conditions(kind: str, table: Mapping[str, Any], parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a parameter, on parameters of its own table or of the space."""
    given = parameter.get("when") or {}
    return {f"{kind}.{parent}" if parent in table else parent: value for parent, value in given.items()}
