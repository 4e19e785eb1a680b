"""The limits section of a model card: the sources of the model, its unknowns, and its cold-start behaviour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recsys.data.ratings import Ratings
from recsys.evaluation.baselines.baseline import Baseline
from recsys.evaluation.baselines.feature_baseline import FeatureBaseline
from recsys.evaluation.baselines.ranking_baseline import RankingBaseline
from recsys.models.hyperparameters import FEATURES
from recsys.models.inputs import Input
from recsys.models.kind import ranks
from recsys.models.kinds import kind_of
from recsys.training.recipe import AnyRecipe, Recipe


def limits_of(recipes: Sequence[AnyRecipe], development: Ratings, *, lists: bool) -> list[str]:
    """Return the limits of a model, with one or two sentences for each.

    Args:
        recipes: The recipe of the model, or the recipes of an ensemble's members.
        development: The ratings that the scored model was trained on.
        lists: Whether the objective measures lists.
    """
    sources = list(dict.fromkeys(source for recipe in recipes for source in _sources(recipe, development)))
    ranking = any(_ranks(recipe) for recipe in recipes)
    return [
        "The figures are of one test part. On another one they would differ by about the width of their intervals.",
        _selection(implicit=development.implicit, lists=lists),
        _cold(recipes, development, ranking=ranking),
        f"The model learns from {_listed(sources)}. {_unknown(recipes)}",
    ]


def _ranks(recipe: AnyRecipe) -> bool:
    return isinstance(recipe, RankingBaseline) if isinstance(recipe, Baseline) else ranks([recipe.point])


def _sources(recipe: AnyRecipe, data: Ratings) -> Iterator[str]:
    """Yield the sources that the model of a recipe learns from."""
    settings = recipe.settings if isinstance(recipe, Baseline) else recipe.point
    if isinstance(recipe, Baseline) and recipe.learns_from:
        yield recipe.learns_from
    elif not _ranks(recipe):
        yield "who gave which item which rating"
    elif data.implicit:
        yield "who chose which item"
    else:
        yield f"who rated which item at {data.relevant_from(None):g} or higher"
    if _ranks(recipe) and data.implicit and settings.get("weight_power", 1) and np.ptp(data.values) > 0:
        yield "how much each choice weighs"
    if _ranks(recipe) and not data.implicit and settings.get("seen_weight"):
        yield "lower ratings, with a weight of their own"
    if "history_half_life" in settings:
        yield "the order of each user's choices"
    if isinstance(recipe, Recipe):
        parameters = kind_of(recipe.model).hyperparameters
        yield from (each.source for each in parameters if each.source and settings.get(each.name))
        yield from (f"{_listed(columns)} of {side}" for side, columns in _features(recipe, data).items())
    if isinstance(recipe, Recipe) and recipe.model.factory:
        yield f"what the code of {recipe.model.factory} adds"


def _features(recipe: AnyRecipe, data: Ratings) -> dict[str, list[str]]:
    """Return the columns of features that the model of a recipe reads, by `items` and `users`."""
    items = data.catalogue.item_features
    if isinstance(recipe, FeatureBaseline):
        return {"items": list(dict.fromkeys(items.columns))} if items is not None else {}
    if not isinstance(recipe, Recipe) or recipe.model.factory:
        return {}
    kind, catalogue = kind_of(recipe.model), data.catalogue
    if kind.parameter(FEATURES[0].name) is None and not kind.sampled:
        return {}
    tables = {"items": items}
    if Input.HISTORY not in kind.inputs:
        tables["users"] = catalogue.user_features
    return {side: list(dict.fromkeys(table.columns)) for side, table in tables.items() if table is not None}


def _selection(*, implicit: bool, lists: bool) -> str:
    """Describe how the data were selected, and how this affects the measured values."""
    if implicit:
        return (
            "The data have what people chose. An item that a person never saw counts like one that they did not want, "
            "in the test part too."
        )
    chosen = "People choose what they rate, in the test part too:"
    if lists:
        return f"{chosen} a list is given no credit for an item that its user never rated."
    return f"{chosen} the figures say nothing of items that their users would not choose."


def _cold(recipes: Sequence[AnyRecipe], data: Ratings, *, ranking: bool) -> str:
    """Describe the predictions for users and items without data."""
    nothing = "rating" if not ranking else "choice" if data.implicit else "positive rating"
    sides = [_features(recipe, data).keys() for recipe in recipes]
    known = {side for side in ("users", "items") if all(side in each for each in sides)}
    by_features = "users" in known and not any(isinstance(r, Recipe) and kind_of(r.model).sampled for r in recipes)
    given = f"{'a list by features, or ' if by_features else ''}the most popular items"
    lists = f"A user without a {nothing} in the data is given {given}."
    if ranking and "items" in known:
        return f"{lists} An item without one has a score from its features."
    if ranking:
        return f"{lists} An item without one has a score from that alone, and is rarely recommended."
    if _has_factory(recipes):
        return f"{lists} The factory decides which ratings are predicted for such a user, or such an item."
    user, item = ("from its features" if side in known else "as for an average one" for side in ("users", "items"))
    if user == item:
        return f"{lists} Ratings are predicted for such a user, or such an item, {user}."
    return f"{lists} Ratings are predicted for such a user {user}, and for such an item {item}."


def _unknown(recipes: Sequence[AnyRecipe]) -> str:
    start = "Apart from that code it" if _has_factory(recipes) else "It"
    return f"{start} knows nothing else of users and items, no context, and not the time of a request."


def _has_factory(recipes: Sequence[AnyRecipe]) -> bool:
    return any(isinstance(recipe, Recipe) and recipe.model.factory for recipe in recipes)


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
