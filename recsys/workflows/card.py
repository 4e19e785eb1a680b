"""The model card that every registered version carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.groups import Group, by_group
from recsys.evaluation.scoring import Scored
from recsys.registry.rule import Decision
from recsys.workflows.candidate import Candidate

_LIMITS = """\
- The figures are of one test part, drawn as the protocol says; another draw would move them by about their intervals.
- Ratings are given by choice: what people did not choose to rate is not in the test part either.
- A user or an item without a rating in the data is predicted from mean and biases, or the popular items are given.
- The model knows ids and ratings only: no text, no time, no context."""


@dataclass(frozen=True)
class Card:
    """What a model card is written from."""

    candidate: Candidate
    decision: Decision
    scored: Scored
    development: Ratings
    """Train and validation, which the scored model was trained on."""
    test: Ratings
    final_refit: bool
    openings: int
    """How often the test part had been opened, this time included."""


def write_card(card: Card, model: str) -> str:
    """The card as Markdown."""
    prepared = card.candidate.prepared
    served = "all ratings, test included, after the gate" if card.final_refit else "train and validation only"
    objective = card.scored.losses[prepared.metric.name]
    counts = card.development
    users = by_group(
        objective.values,
        objective.users,
        np.bincount(counts.users, minlength=counts.catalogue.users),
        root=objective.root,
    )
    parts = [
        f"# {model}",
        f"Made on {datetime.now(UTC):%Y-%m-%d}. {card.decision.reason}.",
        "## Data and protocol",
        (
            f"{prepared.split.train.name}: {prepared.ratings:,} ratings of {prepared.catalogue.items:,} items by "
            f"{prepared.catalogue.users:,} users, digest `{prepared.digest}`."
        ),
        f"Protocol `{prepared.fingerprint}`: " + ", ".join(f"{k} {v}" for k, v in prepared.protocol.items()) + ".",
        f"The test part has been opened {card.openings} times, this time included.",
        "## Search",
        _lines(card.candidate.spaces),
        "## Model",
        _recipes(card.candidate),
        f"Scored after training on train and validation; what is served was trained on {served}.",
        "## Test",
        _values(card.scored),
        f"## {prepared.metric.name} by activity of the user (training ratings)",
        _groups(users),
    ]
    if len(objective.values) == len(card.test):
        popularity = np.bincount(counts.items, minlength=counts.catalogue.items)
        items = by_group(objective.values, card.test.items, popularity, root=objective.root)
        parts += [f"## {prepared.metric.name} by popularity of the item (training ratings)", _groups(items)]
    return "\n\n".join([*parts, "## Known limits", _LIMITS]) + "\n"


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _recipes(candidate: Candidate) -> str:
    return _lines(
        [
            f"{recipe.model.kind or recipe.model.factory}, share {recipe.share:.3f}, {recipe.epochs} epochs, "
            f"seed {recipe.seed}: " + ", ".join(f"{name} {short(value)}" for name, value in recipe.point.items())
            for recipe in candidate.recipes
        ]
    )


def short(value: object) -> str:
    """A value of a point, floats to four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _values(scored: Scored) -> str:
    rows = ["| metric | value | 95 % interval |", "|---|---|---|"]
    for name, value in scored.values.items():
        interval = "" if name not in scored.losses else "{:.4f} to {:.4f}".format(*scored.losses[name].interval)
        rows.append(f"| {name} | {value:.4f} | {interval} |")
    return "\n".join(rows)


def _groups(groups: Sequence[Group]) -> str:
    rows = ["| training ratings | how many | test ratings | value |", "|---|---|---|---|"]
    rows += [f"| {g.low} to {g.high} | {g.members} | {g.ratings} | {g.value:.4f} |" for g in groups]
    return "\n".join(rows)


def numbers_of(scored: Scored) -> Mapping[str, str]:
    """The test values as tags of a version."""
    return {f"recsys.test.{name}": f"{value:.6f}" for name, value in scored.values.items()}
