"""Tests of the list sections of a model card."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys.data.ratings import Ratings
from recsys.evaluation.ranking import RankingPart, score_ranker
from recsys.splitting.split import Split
from recsys.workflows.promotion.card_lists import parts_of_descriptions, parts_of_lists


def parts(train: Ratings, split: Split) -> list[str]:
    """Of the lists of the most popular items."""
    popularity = np.bincount(train.items, minlength=train.catalogue.items)
    part = RankingPart.of(train, split.validation, None)
    rank = score_ranker(lambda users: np.tile(popularity, (1, len(users), 1)), part.fallback)
    return parts_of_lists(part.values(rank, 5, rates=False), train)


def test_shares_of_tenths_and_three_lists_stand_in_tables(split: Split) -> None:
    heading, said, bands, _, _, *examples = parts(split.train, split)
    assert heading == "## Popularity of what is recommended"
    measured = np.unique(split.validation.users[split.validation.values >= 4])
    assert said == f"Lists of 5 items, of {len(measured)} users with a relevant test item."
    rows = [row.split(" | ") for row in bands.splitlines()[2:]]
    assert len(rows) == 10
    shares = [float(row[3].rstrip(" |%")) for row in rows]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    assert shares == sorted(shares, reverse=True)
    assert len(examples) == 3
    assert all(len(example.splitlines()) == 4 + 5 for example in examples)
    assert "".join(examples).count("✓") > 0


def test_the_lists_of_all_compared_models_are_described_side_by_side() -> None:
    descriptions = {"candidate": {"diversity": 0.5, "calibration": 0.25}, "ease": {"diversity": 0.75, "calibration": 0}}
    assert parts_of_descriptions(descriptions) == [
        "## What lists are like",
        "Means over the lists of the same users.",
        (
            "| metric | better | this model | ease |\n"
            "|---|---|---|---|\n"
            "| diversity | higher | 0.5000 | 0.7500 |\n"
            "| calibration | lower | 0.2500 | 0.0000 |"
        ),
    ]


def test_a_title_that_means_something_to_markdown_stays_a_title(split: Split) -> None:
    titles = np.array([f"a|b <i>[{n}](x)\n`" for n in range(split.train.catalogue.items)])
    train = replace(split.train, catalogue=replace(split.train.catalogue, titles=titles))
    *_, example = parts(train, split)
    rows = example.splitlines()[4:]
    assert len(rows) == 5
    assert all(row.count("|") == 5 for row in rows)
    assert not set("<>[]`") & set("".join(rows))
