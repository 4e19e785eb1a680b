"""The hyperparameters of training by gradients for models of histories."""

from __future__ import annotations

from collections.abc import Mapping

from recsys.models.hyperparameters import FEATURES, RANKING, TRAINING, Hyperparameter, Range
from recsys.models.parts.parameters import solver_parameter
from recsys.models.solvers.method import ADAM
from recsys.spaces.parameter import Value

_DEFAULTS: Mapping[str, Value] = {"learning_rate": 2e-3, "loss": "softmax", "batch_size": 512}
_RANGES: Mapping[str, Range] = {
    "learning_rate": {"type": "float", "low": 1e-3, "high": 4e-3, "scale": "log"},
    "l2": {"type": "float", "low": 1e-3, "high": 1e-2, "scale": "log"},
    "bias_l2": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
    "dropout": {"type": "float", "low": 0.3, "high": 0.7},
}
_MEANINGS = {
    "batch_size": "The approximate number of positives in a step, which takes whole windows of histories.",
    "negatives": "The number of sampled negatives that a batch shares. 0 takes all items, or 512 of more than 5,000.",
    "bias_l2": "The l2 penalty on a bias of an item, for each of its positives in a batch.",
}
_LEFT_OUT = ("seen_weight",)


def sequence_parameters(ranges: Mapping[str, Range] | None = None, **defaults: Value) -> tuple[Hyperparameter, ...]:
    """Return the hyperparameters that a kind adds to its sizes.

    Args:
        ranges: By name, the ranges to search that differ from the usual ones.
        **defaults: By name, the defaults that differ from the usual ones.
    """
    values, searched = {**_DEFAULTS, **defaults}, {**_RANGES, **(ranges or {})}

    def own(parameter: Hyperparameter) -> Hyperparameter:
        name = parameter.name
        value = values.get(name, parameter.default_of(ranking=True))
        meaning = _MEANINGS.get(name, parameter.ranking_meaning or parameter.meaning)
        return parameter.but(
            default=value,
            ranking=None,
            meaning=meaning,
            ranking_meaning="",
            search={"next": searched[name]} if name in searched else {},
        )

    kept = [each for each in (*TRAINING, *RANKING) if each.name not in _LEFT_OUT]
    return (*map(own, kept), *FEATURES, solver_parameter(ADAM))
