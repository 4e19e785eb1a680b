"""Prepare the current champion for the gate: check that it uses the same data, and refit it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from recsys.data.ratings import Ratings
from recsys.data.sample import row_sample, share_found
from recsys.errors import InputError, NotFoundError, RecsysError, shown
from recsys.evaluation.objective import ObjectiveSettings
from recsys.training.recipe import AnyRecipe, recipes_from_json
from recsys.workflows.comparison.refit import refit
from recsys.workflows.search.prepare import Prepared

if TYPE_CHECKING:
    from recsys.registry.history import Version
    from recsys.registry.protocols import Registry
    from recsys.serving.scorer import AnyScorer

IDENTITY = "data.json"
"""The file of a package that identifies the data of the version."""
SAME = 0.75
"""The least share of a champion's sampled rows that the same data contain. Tables can grow, and rows can change."""


def identity_of(prepared: Prepared, everything: Ratings) -> str:
    """Return the identity of a champion's data as JSON: the digest of the table, and a sample of its rows."""
    sample = [f"{value:016x}" for value in row_sample(everything)]
    return json.dumps({"name": everything.name, "digest": prepared.digest, "rows": sample})


def check_same_data(registry: Registry, champion: Version, prepared: Prepared, development: Ratings) -> None:
    """Check that the champion was trained on the candidate's data.

    Different data can have the same name. The check looks for the champion's sampled rows in the train and validation
    parts, and does not open the test part. The expected share of the sample in these parts is their share of the whole
    table.

    Args:
        registry: The registry of the champion.
        champion: The version of the champion.
        prepared: The candidate's data.
        development: The candidate's train and validation parts.

    Raises:
        InputError: The champion uses other data, or its package does not identify them.
    """
    try:
        theirs = json.loads(registry.file(champion, IDENTITY))
    except NotFoundError:
        theirs = {"name": "data that its package does not tell", "digest": None, "rows": []}
    if theirs["digest"] == prepared.digest:
        return
    rows = [int(value, 16) for value in theirs["rows"]]
    expected = len(development) / prepared.ratings
    if rows and share_found(rows, development) >= SAME * expected:
        return
    ours, other = development.name, theirs["name"]
    which = f"called {shown(ours)} too" if other == ours else f"{shown(other)}, not {shown(ours)}"
    raise InputError(
        f"the champion {champion.model} version {champion.version} is of other data ({which}): name the model of these "
        'data by --name or [promotion] name, or replace that champion by --replace "reason"'
    )


def remade(
    registry: Registry,
    champion: Version,
    development: Ratings,
    objective: ObjectiveSettings,
    allow: Callable[[AnyRecipe], None],
) -> AnyScorer:
    """Refit the champion from its recipes on the candidate's train and validation parts.

    Args:
        registry: The registry of the champion.
        champion: The version of the champion.
        development: The ratings to train on.
        objective: The settings that clip predictions.
        allow: Raises InputError for a recipe with custom code that is not allowed.

    Raises:
        InputError: The refit failed.
    """
    try:
        recipes = recipes_from_json(registry.file(champion, "recipes.json"))
        for recipe in recipes:
            allow(recipe)
        return refit(recipes, development, objective)
    except (RecsysError, ValueError, KeyError) as error:
        raise InputError(
            f"the champion {champion.model} version {champion.version} cannot be made again to compare with: {error}; "
            'replace it without a comparison by --replace "reason"'
        ) from error
