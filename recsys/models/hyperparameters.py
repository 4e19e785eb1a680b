"""Hyperparameters of a kind of model: their admissible values, and when each of them applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol

from recsys.losses.table import LOSSES, RANKING_LOSSES, RATING_LOSSES
from recsys.spaces.parameter import Value

Use = Literal["rating", "ranking", "events", "als", "next", "features"]
"""What a range is worth searching for: ratings, lists of rated items, lists of implicit events, closed-form lists,
lists of next items, or data with features in addition."""
Range = Mapping[str, Any]
"""One line of `[space]`, such as `{"type": "int", "low": 8, "high": 64}`."""


class Domain(NamedTuple):
    """The admissible values of a hyperparameter."""

    admits: Callable[[Any], bool]
    words: str
    """The expected value, as an error message states it."""
    whole: bool = False
    """Whether the values are whole numbers, so that 16.0 is read as 16."""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def one_of(names: Iterable[str]) -> Domain:
    """Return the domain of the listed names."""
    listed = tuple(names)
    return Domain(lambda value: value in listed, f"one of {', '.join(listed)}")


POSITIVE = Domain(lambda value: _is_number(value) and value > 0, "a number above 0")
NOT_NEGATIVE = Domain(lambda value: _is_number(value) and value >= 0, "a number of at least 0")
SHARE = Domain(lambda value: _is_number(value) and 0 <= value <= 1, "a number from 0 to 1")
RATE = Domain(lambda value: _is_number(value) and 0 <= value < 1, "a number from 0 up to, not including, 1")
COUNT = Domain(lambda value: _is_whole(value) and value >= 1, "a whole number of at least 1", whole=True)
COUNT_OR_NONE = Domain(lambda value: _is_whole(value) and value >= 0, "a whole number of at least 0", whole=True)
TRUTH = Domain(lambda value: isinstance(value, bool), "true or false")
SIZES = Domain(lambda value: isinstance(value, tuple) and all(size >= 1 for size in value), "a list such as [64, 32]")
LOSS = one_of(LOSSES)


class Usage(Protocol):
    """What the points of an experiment are trained for, as far as hyperparameters depend on it."""

    @property
    def losses(self) -> Sequence[str]:
        """The losses that points may have."""
        ...

    @property
    def ranking(self) -> bool:
        """Whether one of the losses is a ranking loss."""
        ...

    @property
    def implicit(self) -> bool:
        """Whether the data have no ratings."""
        ...

    @property
    def gradient_free(self) -> str | None:
        """The reason why gradient parameters do nothing; None if a solver follows gradients."""
        ...

    @property
    def features(self) -> bool:
        """Whether the data have features of users or of items."""
        ...


Condition = Callable[[Usage], str | None]
"""Returns None if a hyperparameter applies, else the reason why it does nothing, as the end of a sentence."""


def of_rankings(usage: Usage) -> str | None:
    """It applies to losses of rankings."""
    return None if usage.ranking else f"does nothing, as no loss is of rankings: {either(RANKING_LOSSES)}"


def of_unobserved(usage: Usage) -> str | None:
    """It applies to the losses that weigh unobserved items."""
    weighing = [name for name, loss in RANKING_LOSSES.items() if loss.weighs_unobserved]
    if not usage.ranking or any(loss in weighing for loss in usage.losses):
        return None
    return f"does nothing in {either(usage.losses)}; it applies to {either(weighing)}"


def of_rated_items(usage: Usage) -> str | None:
    """It applies where ratings tell positives from other items."""
    return "does nothing, as all implicit data are positives" if usage.implicit else None


def of_features(usage: Usage) -> str | None:
    """It applies where the data have features of users or of items."""
    return None if usage.features else "does nothing without features: data.items or data.users names their table"


def of_gradients(usage: Usage) -> str | None:
    """It applies where a solver follows gradients."""
    return usage.gradient_free


def of_gradients_or_ratings(usage: Usage) -> str | None:
    """It applies where a solver follows gradients, and to ratings."""
    return usage.gradient_free if usage.ranking else None


@dataclass(frozen=True)
class Hyperparameter:
    """A named value that a model is trained with."""

    name: str
    default: Value
    domain: Domain
    meaning: str
    """The description of the hyperparameter in one line."""
    ranking: Value | None = None
    """The default for ranking losses, if it differs."""
    ranking_meaning: str = ""
    """The description for ranking losses, if it differs."""
    search: Mapping[Use, Range] = field(default_factory=dict)
    """The ranges that are worth searching, by use."""
    when: tuple[Condition, ...] = ()
    """The conditions. The hyperparameter applies if all of them hold."""
    source: str = ""
    """What the model learns from in addition where it is set, for the model card."""
    needs_timestamps: bool = False
    implied: bool = False
    """Whether a point may leave it out."""

    def but(self, **changes: Any) -> Hyperparameter:
        """Return a copy with another default, range or meaning."""
        return replace(self, **changes)

    def idle(self, usage: Usage) -> str | None:
        """Return the reason why it does nothing for this usage; None if it applies."""
        reasons = [reason for condition in self.when if (reason := condition(usage)) is not None]
        return reasons[-1] if reasons else None

    @property
    def applies(self) -> str:
        """When it applies, in words; empty if it always does."""
        return ", and ".join(
            (condition.__doc__ or "").removeprefix("It applies ").rstrip(".") for condition in self.when
        )

    @property
    def only_ranking(self) -> bool:
        """Whether it applies to ranking losses only."""
        return of_rankings in self.when

    def default_of(self, *, ranking: bool) -> Value:
        """Return the default for a ranking loss, or for a loss of ratings."""
        return self.ranking if ranking and self.ranking is not None else self.default


def either(names: Sequence[str] | Mapping[str, object]) -> str:
    """Format names as the alternatives of an error message: 'a', 'b' or 'c'."""
    *others, last = map(repr, names)
    return f"{', '.join(others)} or {last}" if others else last


def both(names: Sequence[str]) -> str:
    """Format names as the list of a sentence: a, b and c."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


_RATE = {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"}
_LOSSES = {"type": "choice", "values": [loss.name for loss in RATING_LOSSES]}
TRAINING = (
    Hyperparameter(
        "learning_rate",
        0.005,
        POSITIVE,
        "The learning rate of Adam.",
        ranking=0.01,
        search={
            "rating": {"type": "float", "low": 1e-3, "high": 2e-2, "scale": "log"},
            "ranking": {"type": "float", "low": 2e-3, "high": 2e-2, "scale": "log"},
            "events": {"type": "float", "low": 5e-3, "high": 5e-2, "scale": "log"},
        },
        when=(of_gradients,),
    ),
    Hyperparameter(
        "loss",
        "mean_squared_error",
        LOSS,
        "The loss that training minimises.",
        ranking="softmax",
        search={"rating": _LOSSES},
    ),
    Hyperparameter(
        "l2",
        0.05,
        NOT_NEGATIVE,
        "The l2 penalty on an embedding, for each of its ratings in a batch.",
        ranking=0.03,
        ranking_meaning="The l2 penalty on an embedding, for each of its positives in a batch.",
        search={
            "rating": {"type": "float", "low": 5e-3, "high": 3e-1, "scale": "log"},
            "ranking": {"type": "float", "low": 2e-2, "high": 1e-1, "scale": "log"},
            "events": {"type": "float", "low": 5e-3, "high": 3e-1, "scale": "log"},
            "als": {"type": "float", "low": 3e-3, "high": 1e-1, "scale": "log"},
        },
    ),
    Hyperparameter(
        "bias_l2",
        0.01,
        NOT_NEGATIVE,
        "The l2 penalty on a bias, for each of its ratings in a batch.",
        search={"rating": _RATE, "ranking": _RATE},
        when=(of_gradients_or_ratings,),
    ),
    Hyperparameter(
        "batch_size",
        1024,
        COUNT,
        "The number of ratings in a step.",
        ranking=2048,
        ranking_meaning="The approximate number of positives in a step, which takes whole users.",
        search={
            "rating": {"type": "choice", "values": [512, 1024]},
            "ranking": {"type": "choice", "values": [4096, 8192]},
        },
        when=(of_gradients,),
    ),
    Hyperparameter(
        "dropout",
        0.0,
        RATE,
        "The probability that a step leaves out a dimension of an embedding.",
        search={
            "rating": {"type": "float", "low": 0.0, "high": 0.6},
            "ranking": {"type": "float", "low": 0.0, "high": 0.5},
            "events": {"type": "float", "low": 0.0, "high": 0.6},
        },
        when=(of_gradients,),
    ),
)
"""The hyperparameters of training by gradients that every point has."""
TRAINING_DEFAULTS: Mapping[str, Value] = {each.name: each.default for each in TRAINING}
EVENT_HALF_LIFE = Hyperparameter(
    "event_half_life",
    0.0,
    NOT_NEGATIVE,
    "The days before the newest training event that halve the weight of a positive. 0 weighs all ages equally.",
    when=(of_rankings,),
    source="how long ago each item was chosen",
    needs_timestamps=True,
    implied=True,
)
RANKING = (
    Hyperparameter(
        "unobserved_weight",
        0.1,
        POSITIVE,
        "The weight of an item that is not a positive. A positive has weight 1.",
        search={"als": {"type": "float", "low": 2e-2, "high": 1.0, "scale": "log"}},
        when=(of_unobserved, of_rankings),
    ),
    Hyperparameter(
        "seen_weight",
        0.0,
        NOT_NEGATIVE,
        "The weight of a rating below `data.positive_from` as a positive. 0 leaves it out.",
        search={
            "ranking": {"type": "float", "low": 0.0, "high": 0.4},
            "als": {"type": "float", "low": 0.0, "high": 0.6},
        },
        when=(of_rankings, of_rated_items),
    ),
    EVENT_HALF_LIFE,
    Hyperparameter(
        "negatives",
        0,
        COUNT_OR_NONE,
        "The number of sampled negatives that a batch shares. 0 takes all items, or 256 negatives in large catalogues.",
        when=(of_rankings, of_gradients),
    ),
    Hyperparameter(
        "negatives_power",
        0.0,
        SHARE,
        "Negatives are sampled by popularity to this power: 0 is uniform, 1 is proportional.",
        when=(of_rankings, of_gradients),
    ),
)
"""The further hyperparameters of a ranking loss."""
FEATURES = (
    Hyperparameter(
        "feature_l2",
        0.01,
        NOT_NEGATIVE,
        "The l2 penalty on an embedding of a feature, for each rating or positive in a batch.",
        search={"features": {"type": "float", "low": 2e-3, "high": 1e-1, "scale": "log"}},
        when=(of_features,),
        implied=True,
    ),
    Hyperparameter(
        "feature_dropout",
        0.0,
        RATE,
        "The probability that a step leaves out a dimension of the sum of an id's features.",
        when=(of_features, of_gradients),
        implied=True,
    ),
    Hyperparameter(
        "id_dropout",
        0.1,
        RATE,
        "The probability that a step leaves out an id's own row, so that its features learn to stand alone.",
        search={"features": {"type": "float", "low": 0.0, "high": 0.3}},
        when=(of_features, of_gradients),
        implied=True,
    ),
)
"""The further hyperparameters where the data have features of users or of items."""
FEATURE_DEFAULTS: Mapping[str, Value] = {each.name: each.default for each in FEATURES}
