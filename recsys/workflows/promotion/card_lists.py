"""The list sections of a model card: the popularity of recommended items, and three example lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np

from recsys.data.ratings import Ratings
from recsys.errors import shown
from recsys.evaluation.example_lists import ExampleList, sampled_lists
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.popularity_bands import PopularityBand, bands_by_popularity
from recsys.evaluation.ranking_evaluation import RankingEvaluation


def parts_of_lists(ranking: RankingEvaluation, development: Ratings) -> list[str]:
    """Return the sections as Markdown.

    Args:
        ranking: The lists of the scored model.
        development: The ratings that the scored model was trained on.
    """
    popularity = np.bincount(development.items, minlength=development.catalogue.items)
    lists = ranking.lists
    examples = sampled_lists(ranking.users, lists.ranked[0], lists.hits[0], development)
    return [
        "## Popularity of what is recommended",
        f"Lists of {lists.ranked.shape[-1]} items, of {len(ranking.users):,} users with a relevant test item.",
        _bands(bands_by_popularity(lists.ranked, popularity), word_of(development)),
        "## Example lists",
        "Three users at a sixth, a half and five sixths of all by their training positives; ✓: liked in the test part.",
        *map(_example, examples),
    ]


def parts_of_descriptions(descriptions: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the section on what the lists of all compared models are like, as Markdown.

    Args:
        descriptions: The descriptive metrics of each model, the candidate first.
    """
    heads = ["this model" if name == "candidate" else name for name in descriptions]
    rows = [f"| metric | better | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for name in next(iter(descriptions.values())):
        better = "higher" if metric_of(name).direction == "maximize" else "lower"
        values = " | ".join(f"{each[name]:.4f}" for each in descriptions.values())
        rows.append(f"| {name} | {better} | {values} |")
    return ["## What lists are like", "Means over the lists of the same users.", "\n".join(rows)]


def word_of(ratings: Ratings) -> str:
    """Return the name of the rows of a table: "ratings", or "pairs" for implicit data."""
    return "pairs" if ratings.implicit else "ratings"


def _bands(bands: Sequence[PopularityBand], pairs: str) -> str:
    rows = [
        f"| training {pairs} of an item | items | of the training {pairs} | of the recommendations |",
        "|---|---|---|---|",
    ]
    rows += [f"| {b.low} to {b.high} | {b.items} | {b.rated:.1%} | {b.shown:.1%} |" for b in bands]
    return "\n".join(rows)


def _example(example: ExampleList) -> str:
    rows = [
        f"User {cell(example.user)}, {example.positives} training positives:",
        "",
        f"| | {example.heading} | recommended | |",
        "|---|---|---|---|",
    ]
    pairs = zip_longest(example.known, example.shown, fillvalue=None)
    for rank, (known, recommended) in enumerate(pairs, start=1):
        title, hit = recommended or ("", False)
        rows.append(f"| {rank} | {cell(known or '')} | {cell(title)} | {'✓' if hit else ''} |")
    return "\n".join(rows)


def cell(title: str, limit: int = 100) -> str:
    """Return text from the data, cut to a length, with the special characters of Markdown and HTML escaped."""
    plain = shown(title, limit)
    for character in "\\`*_[]<>|":
        plain = plain.replace(character, f"&#{ord(character)};")
    return plain
