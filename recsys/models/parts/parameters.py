"""The hyperparameters that kinds share, with the kind's own defaults and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recsys.models.hyperparameters import FEATURES, RANKING, TRAINING, Hyperparameter, Range, one_of
from recsys.models.solvers.method import SolverMethod
from recsys.spaces.parameter import Value


def gradient_parameters(
    defaults: Mapping[str, Value] | None = None,
    rating: Mapping[str, Range] | None = None,
    ranking: Mapping[str, Range] | None = None,
) -> tuple[Hyperparameter, ...]:
    """Return the hyperparameters of training by gradients, which a kind adds to its sizes.

    Args:
        defaults: By name, the defaults that differ from the usual ones.
        rating: By name, the ranges to search for ratings that differ from the usual ones.
        ranking: By name, all ranges to search for lists; the usual ones by default.
    """

    def own(parameter: Hyperparameter) -> Hyperparameter:
        name, search = parameter.name, dict(parameter.search)
        if rating and name in rating:
            search["rating"] = rating[name]
        if ranking is not None:
            search.pop("ranking", None)
            search |= {"ranking": ranking[name]} if name in ranking else {}
        changes: dict[str, Any] = {"search": search}
        if defaults and name in defaults:
            changes["default"] = defaults[name]
        return parameter.but(**changes)

    return tuple(own(parameter) for parameter in (*TRAINING, *RANKING, *FEATURES))


def solver_parameter(default: SolverMethod, *others: SolverMethod) -> Hyperparameter:
    """Return the hyperparameter `solver` of a kind.

    A point may leave it out if the default solver follows gradients.

    Args:
        default: The default solver.
        *others: The other solvers.
    """
    names = [default.name, *(other.name for other in others)]
    return Hyperparameter(
        "solver",
        default.name,
        one_of(names),
        "The method of training.",
        implied=default.gradient_free is None,
    )
