"""The hyperparameters of the model that `[model]` chooses: names, defaults, and what is admissible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recsys.models.hyperparameters import Domain, one_of
from recsys.models.kinds import KINDS
from recsys.models.options import ModelOptions
from recsys.models.own.kind import OwnFactory
from recsys.spaces.parameter import Value, as_integer

SOLVERS = {method.name: method for kind in KINDS.values() for method in kind.solvers}
_DOMAINS: Mapping[str, Domain] = {
    **{each.name: each.domain for kind in KINDS.values() for each in kind.hyperparameters},
    "solver": one_of(SOLVERS),
}


def complaint(name: str, value: Value) -> str | None:
    """What would be right in place of a value that no model can take; None where nothing is wrong with it."""
    domain = _DOMAINS.get(name)
    return domain.words if domain is not None and not domain.admits(value) else None


def default_point(options: ModelOptions, *, ranking: bool = False) -> dict[str, Value]:
    """The model's default point; for a factory of the user's own, what training needs of any point.

    Args:
        options: Which model.
        ranking: Whether a loss of rankings is among those it is trained with.
    """
    return (KINDS[options.kind] if options.kind else OwnFactory()).defaults(ranking=ranking)


def parameters_of(options: ModelOptions) -> list[str] | None:
    """The names of the model's parameters; None for a factory of the user's own, which alone knows them."""
    return None if options.kind is None else [each.name for each in KINDS[options.kind].hyperparameters]


def with_whole_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by parameter, of which those that are to be whole numbers are: 4.0 is 4, and 4.5 stays what it is."""
    return {
        name: value
        if name not in _DOMAINS or not _DOMAINS[name].whole
        else tuple(map(as_integer, value))
        if isinstance(value, (list, tuple))
        else as_integer(value)
        for name, value in values.items()
    }
