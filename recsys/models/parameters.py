"""The hyperparameters of each model, their defaults, and what they can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recsys.losses.table import LOSSES
from recsys.models.kind import TRAINING
from recsys.models.kinds import KINDS
from recsys.models.settings import ModelSettings
from recsys.spaces.parameter import Value, as_integer

RANKING: Mapping[str, Value] = {
    "learning_rate": 0.01,
    "loss": "softmax",
    "l2": 0.03,
    "batch_size": 2048,
    "unobserved_weight": 0.1,
    "seen_weight": 0.0,
    "negatives": 0,
    "negatives_power": 0.0,
}
"""What a loss of rankings needs besides, or from another start."""
SOLVERS = ("adam", "als", "gibbs")
LIKELIHOODS = ("normal", "ordinal")


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return type(value) is int


WHOLE = (
    *("embedding_size", "user_embedding_size", "item_embedding_size", "batch_size", "chains", "kept_draws"),
    *("negatives", "burn_in"),
)
"""The parameters that are whole numbers."""
_RIGHT: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "loss": (lambda value: value in LOSSES, f"one of {', '.join(LOSSES)}"),
    "solver": (lambda value: value in SOLVERS, f"one of {', '.join(SOLVERS)}"),
    "dropout": (lambda value: _number(value) and 0 <= value < 1, "a number from 0 up to, not including, 1"),
    "learning_rate": (lambda value: _number(value) and value > 0, "a number above 0"),
    "unobserved_weight": (lambda value: _number(value) and value > 0, "a number above 0"),
    "negatives_power": (lambda value: _number(value) and 0 <= value <= 1, "a number from 0 to 1"),
    "hidden_units": (
        lambda value: isinstance(value, tuple) and all(size >= 1 for size in value),
        "a list such as [64, 32]",
    ),
    **dict.fromkeys(
        ("l2", "bias_l2", "seen_weight"), (lambda value: _number(value) and value >= 0, "a number of at least 0")
    ),
    **dict.fromkeys(
        WHOLE[:-2],
        (lambda value: _whole(value) and value >= 1, "a whole number of at least 1"),
    ),
    **dict.fromkeys(WHOLE[-2:], (lambda value: _whole(value) and value >= 0, "a whole number of at least 0")),
    "likelihood": (lambda value: value in LIKELIHOODS, f"one of {', '.join(LIKELIHOODS)}"),
    **dict.fromkeys(("implicit_features", "time_features"), (lambda value: isinstance(value, bool), "true or false")),
}


def complaint(name: str, value: Value) -> str | None:
    """What would be right in place of a value that no model can take; None where nothing is wrong with it."""
    is_right, right = _RIGHT.get(name, (lambda _: True, ""))
    return None if is_right(value) else right


def default_point(settings: ModelSettings, *, ranking: bool = False) -> dict[str, Value]:
    """The model's default point; for a factory of the user's own, what training needs of any point.

    Args:
        settings: Which model.
        ranking: Whether a loss of rankings is among those it is trained with.
    """
    own = dict(KINDS[settings.kind].defaults if settings.kind else TRAINING)
    return {**own, **RANKING} if ranking else own


def parameters_of(settings: ModelSettings) -> list[str] | None:
    """The names of the model's parameters; None for a factory of the user's own, which alone knows them."""
    if settings.kind is None:
        return None
    if settings.sampled:
        return list(KINDS[settings.kind].defaults)
    return list(dict.fromkeys([*KINDS[settings.kind].defaults, *RANKING, "solver"]))


def with_whole_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by parameter, of which those that are to be whole numbers are: 4.0 is 4, and 4.5 stays what it is."""
    return {
        name: value
        if name not in WHOLE
        else tuple(map(as_integer, value))
        if isinstance(value, (list, tuple))
        else as_integer(value)
        for name, value in values.items()
    }
