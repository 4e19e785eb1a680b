"""The hyperparameters of the model that `[model]` chooses: names, defaults and admissible values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recsys.models.hyperparameters import Domain, one_of
from recsys.models.kinds import KINDS
from recsys.models.options import ModelOptions
from recsys.models.own.kind import OwnFactory
from recsys.spaces.kind_tables import KIND
from recsys.spaces.parameter import Value, as_integer

SOLVERS = {method.name: method for kind in KINDS.values() for method in kind.solvers}
_DOMAINS: Mapping[str, Domain] = {
    **{each.name: each.domain for kind in KINDS.values() for each in kind.hyperparameters},
    "solver": one_of(SOLVERS),
    KIND: one_of(KINDS),
}


def complaint(name: str, value: Value) -> str | None:
    """Return the expected values if no model can take this value; None if the value is admissible."""
    domain = _DOMAINS.get(name)
    return domain.words if domain is not None and not domain.admits(value) else None


def default_point(options: ModelOptions, *, ranking: bool = False) -> dict[str, Value]:
    """Return the model's default point.

    For a user's own factory it has the hyperparameters that training needs.

    Args:
        options: The model.
        ranking: Whether the model may be trained with a ranking loss.
    """
    return (KINDS[options.kind] if options.kind else OwnFactory()).defaults(ranking=ranking)


def parameters_of(options: ModelOptions) -> list[str] | None:
    """Return the names of the model's hyperparameters; None for a user's own factory."""
    return None if options.kind is None else [each.name for each in KINDS[options.kind].hyperparameters]


def with_whole_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with 4.0 as 4 for parameters that are whole numbers; 4.5 stays unchanged."""
    return {
        name: value
        if name not in _DOMAINS or not _DOMAINS[name].whole
        else tuple(map(as_integer, value))
        if isinstance(value, (list, tuple))
        else as_integer(value)
        for name, value in values.items()
    }
