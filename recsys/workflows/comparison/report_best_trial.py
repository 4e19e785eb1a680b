"""The sections of a report about the best trial: errors, intervals, users, lists and items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from recsys.arrays import AnyArray, BoolArray, FloatArray
from recsys.evaluation.example_lists import ExampleList, sampled_lists
from recsys.evaluation.groups import QuantileGroup, metric_by_group
from recsys.evaluation.popularity_bands import PopularityBand, bands_by_popularity
from recsys.evaluation.scoring import EvaluationResult
from recsys.serving.scorer import Scorer
from recsys.tracking.pictures.figures import QUIET, SERIES, empty_figure
from recsys.training.trial import Weights
from recsys.workflows.comparison.report_sections import Section
from recsys.workflows.search.prepare import Prepared

_GROUPS = 5
"""The number of groups of users by activity."""
_MOST_BOXES = 20
"""The most boxes in the plot of residuals."""


def sections_of_predictions(prepared: Prepared, scorer: Scorer, scored: EvaluationResult) -> list[Section]:
    """Return the sections about predictions: residuals, intervals, and quality by group of users and items.

    Args:
        prepared: The data and settings of the sweep.
        scorer: The best trial's model.
        scored: The evaluation of the model on validation.
    """
    train, validation = prepared.split.train, prepared.split.validation
    sections = []
    if scorer.rates and not validation.implicit:
        predicted = scorer.clipped(scorer.predict(validation.users, validation.items))
        text = "Predicted minus true validation rating of the best trial. Models of ratings shrink towards the mean."
        sections.append(Section("Residuals by true rating", text, residuals(validation.values, predicted)))
    if scored.reliability is not None:
        text = (
            f"On validation, intervals of 90 % cover {scored.reliability.observed():.1%} of the ratings. On the line "
            "the intervals are as wide as they should be, above it they are wider. A rating stands for all values "
            "that round to it."
        )
        sections.append(Section("Reliability of the intervals", text, reliability(scored.reliability.curve)))
    lists = prepared.metric.family != "rating"
    objective = scored.samples[prepared.metric.name].defined
    activity = np.bincount(train.users, minlength=train.catalogue.users)
    groups = metric_by_group(objective.values, objective.users, activity, groups=_GROUPS, root=objective.root)
    figure = by_activity(groups, objective.metric, "users" if lists else "ratings")
    text = (
        f"Validation {objective.metric} by the number of a user's training ratings, in groups of about a fifth of the "
        "users."
    )
    sections.append(Section("Quality by activity of the user", text, figure))
    if lists and scored.ranking is not None:
        bands = bands_by_popularity(
            scored.ranking.lists.ranked, np.bincount(train.items, minlength=train.catalogue.items)
        )
        text = (
            "The items in tenths, the most popular first: the share of each tenth in the training ratings and in the "
            "recommendations of the best trial."
        )
        sections.append(Section("Popularity of what is recommended", text, popularity_bands(bands)))
    return sections


def map_of_items(prepared: Prepared, weights: Weights) -> list[Section]:
    """Return the section with the item embeddings; empty for a model without an embedding of items."""
    table = weights.get("item_embedding/table")
    if table is None:
        return []
    catalogue = prepared.catalogue
    popularity = np.bincount(prepared.split.train.items, minlength=catalogue.items)
    rated = popularity > 0
    names = catalogue.item_ids.astype(str) if catalogue.titles is None else catalogue.titles
    drawn = item_map(table[: catalogue.items][rated], list(np.asarray(names)[rated]), popularity[rated])
    text = "Item embeddings of the best trial on their first two principal components; hover for the title."
    return [Section("Map of the items", text, drawn)]


def example_lists(prepared: Prepared, scored: EvaluationResult) -> Sequence[ExampleList]:
    """Return the lists of three users of the validation part; empty for an objective of ratings."""
    ranking = scored.ranking
    if ranking is None or prepared.metric.family == "rating":
        return []
    return sampled_lists(ranking.users, ranking.lists.ranked[0], ranking.lists.hits[0], prepared.split.train)


def residuals(truth: FloatArray, predicted: FloatArray) -> go.Figure:
    """Plot predicted minus true ratings (N,) by true rating (N,)."""
    figure = empty_figure("true rating", "predicted minus true")
    for name, inside in _bins(truth):
        figure.add_box(
            y=_quantiles(predicted[inside] - truth[inside]),
            name=name,
            boxpoints=False,
            marker_color=SERIES[0],
            showlegend=False,
        )
    figure.add_hline(y=0, line_color=QUIET, line_width=1)
    return figure


def reliability(curve: Sequence[tuple[float, float]]) -> go.Figure:
    """Plot observed against nominal coverage of the intervals, with the line of equality."""
    figure = empty_figure("chance that an interval has", "share that it covers")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": QUIET, "width": 1}, showlegend=False)
    nominal, observed = zip(*curve, strict=True)
    figure.add_scatter(x=nominal, y=observed, mode="lines+markers", line={"color": SERIES[0]}, showlegend=False)
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    return figure


def by_activity(groups: Sequence[QuantileGroup], metric: str, of: str) -> go.Figure:
    """Plot the metric of each group of users, from the least active to the most active.

    Args:
        groups: The groups.
        metric: The name of the metric.
        of: The noun for the values that the metric averages.
    """
    figure = empty_figure("training ratings of a user", metric)
    figure.add_bar(
        x=[f"{group.low:,}" if group.low == group.high else f"{group.low:,} to {group.high:,}" for group in groups],
        y=[group.value for group in groups],
        text=[f"{group.ratings:,} {of}" for group in groups],
        marker_color=SERIES[0],
    )
    figure.update_xaxes(type="category")
    return figure


def popularity_bands(bands: Sequence[PopularityBand]) -> go.Figure:
    """Plot the share of ratings and of recommendations for each band of items."""
    figure = empty_figure("training ratings of an item", "share")
    names = [f"{band.low:,} to {band.high:,}" for band in bands]
    for name, shares, colour in (
        ("of the training ratings", [band.rated for band in bands], QUIET),
        ("of the recommendations", [band.shown for band in bands], SERIES[0]),
    ):
        figure.add_bar(x=list(range(len(bands))), y=shares, name=name, marker_color=colour)
    figure.update_xaxes(tickvals=list(range(len(bands))), ticktext=names)
    figure.update_yaxes(tickformat=".0%")
    return figure


def item_map(vectors: FloatArray, names: Sequence[str], popularity: AnyArray) -> go.Figure:
    """Plot item embeddings (I, D) on their first two principal components, coloured by popularity (I,)."""
    from sklearn.decomposition import PCA

    places = (
        PCA(2, random_state=0).fit_transform(vectors) if vectors.shape[1] > 1 else np.pad(vectors, ((0, 0), (0, 1)))
    )
    figure = empty_figure("first principal component", "second", height=560)
    colour = np.log10(np.maximum(popularity, 1))
    ticks = np.arange(int(colour.max()) + 1)
    marker = {
        "color": colour,
        "colorscale": "Viridis",
        "size": 5,
        "opacity": 0.75,
        "colorbar": {"title": "ratings", "tickvals": ticks, "ticktext": [f"{10**t:,}" for t in ticks]},
    }
    figure.add_scattergl(x=places[:, 0], y=places[:, 1], mode="markers", text=names, hoverinfo="text", marker=marker)
    return figure


def _bins(truth: FloatArray) -> list[tuple[str, BoolArray]]:
    """Return (name, mask (N,)) for each distinct rating.

    If there are more than `_MOST_BOXES` distinct ratings, return equal intervals of the scale instead.
    """
    values = np.unique(truth)
    if len(values) <= _MOST_BOXES:
        return [(f"{value:g}", truth == value) for value in values]
    borders = np.linspace(values[0], values[-1], _MOST_BOXES + 1)
    places = np.minimum(np.searchsorted(borders, truth, side="right") - 1, _MOST_BOXES - 1)
    return [(f"{borders[place]:.3g} to {borders[place + 1]:.3g}", places == place) for place in np.unique(places)]


def _quantiles(values: FloatArray, most: int = 400) -> FloatArray:
    """Return at most `most` values with the same quartiles, to keep the page small."""
    return values if len(values) <= most else np.quantile(values, np.linspace(0.01, 0.99, most))
