"""The model card of a registered version."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.tuning import TunedBaselines
from recsys.evaluation.formatting import interval_text
from recsys.evaluation.groups import QuantileGroup, metric_by_group
from recsys.evaluation.intervals import INTERVAL_LEVEL
from recsys.evaluation.metrics.table import missing_reason
from recsys.evaluation.scoring import EvaluationResult, MetricSample
from recsys.spaces.formatting import format_point
from recsys.training.recipe import AnyRecipe
from recsys.workflows.comparison.candidate import Candidate
from recsys.workflows.comparison.importances import Importances
from recsys.workflows.promotion.card_features import parts_of_features
from recsys.workflows.promotion.card_groups import parts_of_gaps
from recsys.workflows.promotion.card_limits import limits_of
from recsys.workflows.promotion.card_lists import parts_of_descriptions, parts_of_lists, word_of
from recsys.workflows.promotion.gate import Verdict


@dataclass(frozen=True)
class Card:
    """The content of a model card."""

    candidate: Candidate
    verdict: Verdict
    baselines: TunedBaselines
    """The baselines at their best settings, and those left out."""
    development: Ratings
    """The train and validation parts, on which the scored model was trained."""
    test: Ratings
    """The test part of the split, on which the candidate was scored."""
    final_refit: bool
    """Whether the served model was trained on all data."""
    openings: int
    """The number of accesses to the test part, including this one."""
    importances: Importances | None = None
    """The importance of the features on the test part; None without features, and for a baseline."""


def write_card(card: Card, model: str) -> str:
    """Return the card as Markdown.

    Args:
        card: The content of the card.
        model: The name of the registered model.
    """
    prepared = card.candidate.prepared
    served = "all data, test included, after the gate" if card.final_refit else "train and validation only"
    scored, lists = card.verdict.scored, prepared.metric.family != "rating"
    objective = scored.samples[prepared.metric.name].defined
    counts, pairs = card.development, word_of(card.development)
    users = metric_by_group(
        objective.values,
        objective.users,
        np.bincount(counts.users, minlength=counts.catalogue.users),
        root=objective.root,
    )
    parts = [
        f"# {model}",
        f"Made on {datetime.now(UTC):%Y-%m-%d}. {card.verdict.decision.reason}.",
        "## Data and protocol",
        (
            f"{prepared.split.train.name}: {prepared.ratings:,} {pairs} of {prepared.catalogue.items:,} items by "
            f"{prepared.catalogue.users:,} users, digest `{prepared.digest}`."
        ),
        f"Protocol `{prepared.fingerprint}`: " + ", ".join(f"{k} {v}" for k, v in prepared.protocol.items()) + ".",
        f"The test part has been opened {card.openings} times, this time included.",
        *_repeats(card),
        *_left_out(card),
        "## Search",
        _lines([*card.candidate.spaces, *filter(None, [card.candidate.chosen])]),
        "## Model",
        _lines([_recipe(recipe) for recipe in card.candidate.recipes]),
        f"Scored after training on train and validation; what is served was trained on {served}.",
        "## Test",
        _values(scored),
        *_cold_start(card.verdict),
        *_intervals(scored),
        "## Against the baselines",
        *_baselines(card),
        f"## {prepared.metric.name} by activity of the user (training {pairs})",
        _groups(users, pairs, "users measured" if lists else f"test {pairs}"),
        *parts_of_gaps(card.verdict.gaps, prepared.metric.name),
    ]
    if lists and scored.ranking is not None:
        parts += [*parts_of_descriptions(card.verdict.descriptions), *parts_of_lists(scored.ranking, counts)]
    if not lists:
        popularity = np.bincount(counts.items, minlength=counts.catalogue.items)
        items = metric_by_group(objective.values, card.test.items, popularity, root=objective.root)
        parts += [
            f"## {prepared.metric.name} by popularity of the item (training {pairs})",
            _groups(items, pairs, f"test {pairs}"),
        ]
    parts += parts_of_features(card.importances)
    return (
        "\n\n".join([*parts, "## Known limits", _lines(limits_of(card.candidate.recipes, counts, lists=lists))]) + "\n"
    )


def _repeats(card: Card) -> list[str]:
    """Return the sentence on repeated pairs in the test part; empty if there are none."""
    split = card.candidate.prepared.split
    again = split.repeated.test
    finished = split.repeated.sentence(len(card.test), again, asked=card.test.repeats)
    return [f"Of the test part {finished}."] if again else []


def _left_out(card: Card) -> list[str]:
    """Return the sentence on rows in no part because of the test part; empty if there are none."""
    left_out = card.candidate.prepared.split.left_out
    return [f"{left_out.sentence('test', left_out.test)}."] if left_out.test else []


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _recipe(recipe: AnyRecipe) -> str:
    if isinstance(recipe, Baseline):
        return f"the baseline {recipe.name}: {format_point(recipe.settings) or 'without settings'}"
    made = (
        f"{recipe.model.kind or recipe.model.factory}, share {recipe.share:.3f}, {recipe.epochs} {recipe.model.rounds}"
    )
    return f"{made}, seed {recipe.seed}: {format_point(recipe.point)}"


def _values(scored: EvaluationResult) -> str:
    parts = {name: values for name, values in {"warm": scored.warm, "cold": scored.cold}.items() if values}
    heads = ["all" if parts else "value", *parts]
    rows = [
        f"| metric | {' | '.join(f'{head} | 95 % interval' for head in heads)} |",
        "|---" * (2 * len(heads) + 1) + "|",
    ]
    for name, value in scored.values.items():
        sample = scored.samples.get(name)
        cells = [_value(value, sample)]
        for part, values in parts.items():
            cells.append(_value(values.get(name, math.nan), None if sample is None else sample.parts.get(part)))
        rows.append(f"| {name} | {' | '.join(cells)} |")
    why = missing_reason(scored.values)
    return "\n".join([*rows, "", f"{why}."] if why else rows)


def _value(value: float, sample: MetricSample | None) -> str:
    interval = interval_text(None if sample is None else sample.interval)
    return f"{'' if math.isnan(value) else f'{value:.4f}'} | {interval}"


def _cold_start(verdict: Verdict) -> list[str]:
    """Return the share of cold users and items in the test part; empty if none is cold."""
    if not verdict.cold_start:
        return []
    said = f"Of the test part, {verdict.cold_start}. A user who has nothing there is shown the popular items."
    if not verdict.scored.cold:
        return [said]
    lists = "a list if its user, or all of its relevant items, have nothing there"
    return [f"{said} A rating is cold if its user or its item has nothing there, {lists}. The gate compares all."]


def _intervals(scored: EvaluationResult) -> list[str]:
    """Return the nominal and observed coverage of the model's intervals; empty for a model without intervals."""
    reliability = scored.reliability
    if reliability is None:
        return []
    interval = reliability.interval
    certainty = "" if interval is None else " (95 % interval {:.1%} to {:.1%})".format(*interval)
    head = (
        f"Its intervals of {100 * INTERVAL_LEVEL:.0f} % cover {reliability.observed():.1%} of the test ratings"
        f"{certainty}. "
        "A rating is all that would be rounded to it, and counts by the part covered."
    )
    rows = ["| intervals of | cover |", "|---|---|"]
    rows += [f"| {nominal:.0%} | {observed:.1%} |" for nominal, observed in reliability.curve]
    return ["## How sure it is", head, "\n".join(rows)]


def _baselines(card: Card) -> list[str]:
    rows = ["| baseline | value | difference to it | 95 % interval | p | settings |", "|---|---|---|---|---|---|"]
    for name, other in card.verdict.baselines.items():
        test, settings = other.test, format_point(card.baselines.chosen[name].baseline.settings)
        low, high = test.interval
        interval = f"{low:+.4f} to {high:+.4f}" if math.isfinite(high - low) else ""
        rows.append(
            f"| {name} | {other.value:.4f} | {test.difference:+.4f} | {interval} | "
            f"{test.p_two_sided:.2g} | {settings} |"
        )
    accepted = card.verdict.decision.accepted_loss
    head = (
        "Fitted to the same ratings, at the settings that do best on validation; a difference is the model's value "
        "less theirs, in a paired test by user, two-sided."
    )
    return [
        head,
        "\n".join(rows),
        *(f"{name} is left out: {reason}." for name, reason in card.baselines.left_out.items()),
        *([] if accepted is None else [f"It was promoted without beating them: {accepted}."]),
    ]


def _groups(groups: Sequence[QuantileGroup], pairs: str, measured: str) -> str:
    rows = [f"| training {pairs} | how many | {measured} | value |", "|---|---|---|---|"]
    rows += [f"| {g.low} to {g.high} | {g.members} | {g.ratings} | {g.value:.4f} |" for g in groups]
    return "\n".join(rows)


def tags_of(verdict: Verdict) -> dict[str, str]:
    """Return the test values and the comparison with the baselines as tags of a version."""
    values = {**verdict.scored.values, **verdict.descriptions.get("candidate", {})}
    tags = {f"recsys.test.{name}": f"{value:.6f}" for name, value in values.items()}
    for name, other in verdict.baselines.items():
        tags[f"recsys.baseline.{name}"] = f"{other.value:.6f}"
        tags[f"recsys.baseline.{name}.difference"] = f"{other.test.difference:+.6f}"
        tags[f"recsys.baseline.{name}.p_value"] = f"{other.test.p_two_sided:.3g}"
    accepted = verdict.decision.accepted_loss
    return tags if accepted is None else {**tags, "recsys.accepted_baseline_loss": accepted[:5000]}
