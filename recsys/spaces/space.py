"""A search space: named parameters, and which points it admits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from pydantic import RootModel

from recsys.spaces.parameter import Parameter, Value


class Space(RootModel[dict[str, Parameter]]):
    """Named parameters, one a line of a TOML file in `search_spaces/`."""

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # a space reads as a mapping of names
        return iter(self.root)

    def __len__(self) -> int:
        """The number of parameters."""
        return len(self.root)

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of that name."""
        return self.root[name]

    def items(self) -> Iterator[tuple[str, Parameter]]:
        """Names and parameters, in the file's order."""
        return iter(self.root.items())

    def admits(self, point: Mapping[str, Value]) -> bool:
        """Whether the point has a value for every parameter, and each is admissible."""
        return all(name in point and point[name] in parameter for name, parameter in self.items())

    def nearest(self, point: Mapping[str, Value]) -> dict[str, Value]:
        """The admissible point nearest to `point`, parameter by parameter."""
        return {name: parameter.nearest(point[name]) for name, parameter in self.items()}

    @property
    def size(self) -> int | None:
        """How many points there are; None where there is no end of them."""
        sizes = [parameter.size for _, parameter in self.items()]
        return None if None in sizes else prod(size for size in sizes if size is not None)
