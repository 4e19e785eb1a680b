"""A search space: named parameters, conditions between them, and the points that it admits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, RootModel, model_serializer, model_validator

from recsys.errors import shown
from recsys.spaces.kind_tables import flattened, named, nested, own_name
from recsys.spaces.parameter import Parameter, Value, describe_domain

_Tables = dict[str, Parameter | dict[str, Parameter]]
"""A space as a file has it."""


class Space(RootModel[Annotated[dict[str, Parameter], BeforeValidator(flattened, json_schema_input_type=_Tables)]]):
    """Named parameters, one a line of a TOML file in `search_spaces/`.

    A parameter with `when` is active, and has a value, only in points in which the parameters that it names are active
    with one of the values that it names. A point need not have a value for an inactive parameter.

    A table `[mf]` has parameters that are active if `kind` is `mf`. Here they are called `mf.l2`, and in points of the
    model `l2`; methods take points with either name.
    """

    @model_serializer(mode="wrap")
    def _as_tables(self, serialize: Any) -> dict[str, Any]:
        return nested(serialize(self))

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        ordered: dict[str, Parameter] = {}
        waiting = dict(self.root)
        while waiting:
            ready = {name: each for name, each in waiting.items() if not set(each.when or ()) & set(waiting)}
            if not ready:
                raise ValueError(
                    f"{shown(' and '.join(waiting))} depend on each other by when: no point could have them"
                )
            ordered |= ready
            waiting = {name: each for name, each in waiting.items() if name not in ready}
        if any(each.when for each in ordered.values()):
            self.root = ordered  # parents come before the parameters that depend on them
        for name, parent, values in self.conditions():
            if self[parent].size is None:
                raise ValueError(
                    f"{name}.when.{parent}: {parent} has infinitely many values; a condition needs finitely many"
                )
            if not values:
                raise ValueError(f"{name}.when.{parent}: expected a value of {parent}, or several")
            for value in values:
                if value not in self[parent]:
                    raise ValueError(
                        f"{name}.when.{parent}: {shown(repr(value))} is not {describe_domain(self[parent])}"
                    )
        return self

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # a space reads as a mapping of names
        return iter(self.root)

    def __len__(self) -> int:
        """The number of parameters."""
        return len(self.root)

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of that name."""
        return self.root[name]

    def items(self) -> Iterator[tuple[str, Parameter]]:
        """Names and parameters in the file's order, with parents before the parameters that depend on them."""
        return iter(self.root.items())

    def conditions(self) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
        """Each condition whose parent is in the space: the dependent parameter, its parent, and the parent's values."""
        for name, parameter in self.items():
            for parent, given in (parameter.when or {}).items():
                if parent in self.root:
                    several = isinstance(given, tuple) and given not in self[parent]
                    yield name, parent, given if several else (given,)  # type: ignore[misc]

    def active(self, point: Mapping[str, Value]) -> list[str]:
        """The names of the parameters that are active in a point."""
        found: dict[str, Value] = {}
        point = named(point, self.root)
        for name, parameter in self.items():
            if self._holds(parameter, found):
                found[name] = point.get(name)  # type: ignore[assignment]  # a point may be partial
        return list(found)

    def part(self, point: Mapping[str, Value]) -> dict[str, Value]:
        """The values of the parameters that are active in a point."""
        point = named(point, self.root)
        return {name: point[name] for name in self.active(point) if name in point}

    def admits(self, point: Mapping[str, Value]) -> bool:
        """Whether the point has a value for every parameter that is active in it, and each is admissible."""
        point = named(point, self.root)
        return all(name in point and point[name] in self[name] for name in self.active(point))

    def nearest(self, point: Mapping[str, Value]) -> dict[str, Value]:
        """The admissible point nearest to `point`, parameter by parameter."""
        found: dict[str, Value] = {}
        point = named(point, self.root)
        for name, parameter in self.items():
            if self._holds(parameter, found):
                found[name] = parameter.nearest(point[name])
        return found

    def whole(self, default: Mapping[str, Value], searched: Mapping[str, Value]) -> dict[str, Value]:
        """The default point with the searched values in place of its own, and without inactive parameters."""
        return {name: value for name, value in {**default, **searched}.items() if name in searched or name not in self}

    def with_fixed(self, fixed: Mapping[str, Value]) -> Space:
        """The space that remains if some parameters are fixed: without them and without those that become inactive.

        Args:
            fixed: Values of parameters, including parents that are not in the space.
        """
        left: dict[str, Parameter] = {}
        for name, parameter in self.items():
            if name in fixed:
                continue
            when = {parent: given for parent, given in (parameter.when or {}).items() if parent in left}
            others = {parent: given for parent, given in (parameter.when or {}).items() if parent not in left}
            if all(parent in fixed and satisfies(given, fixed[parent]) for parent, given in others.items()):
                left[name] = parameter.model_copy(update={"when": when or None}) if parameter.when else parameter
        return Space(left)

    def with_own_names(self) -> Space:
        """The space with the names that points of the model have: `l2` for `mf.l2`.

        Raises:
            ValueError: Two parameters have one name.
        """
        found: dict[str, Parameter] = {}
        for name, parameter in self.items():
            if own_name(name) in found:
                raise ValueError(f"space.{name}: {own_name(name)} is there twice for one kind; leave one of them out")
            when = {own_name(parent): given for parent, given in (parameter.when or {}).items()}
            found[own_name(name)] = parameter.model_copy(update={"when": when or None})
        return Space(found)

    def _holds(self, parameter: Parameter, found: Mapping[str, Value]) -> bool:
        return all(
            parent in found and satisfies(given, found[parent])
            for parent, given in (parameter.when or {}).items()
            if parent in self.root
        )


def satisfies(given: Value | tuple[Value, ...], value: Value | None) -> bool:
    """Whether a value is the one, or one of those, that a condition names."""
    return value == given or (isinstance(given, tuple) and value in given)
