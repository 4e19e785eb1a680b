"""What a report says of the best trial: its errors, its intervals, whom it serves, what it recommends, its items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from recsys.arrays import AnyArray, BoolArray, FloatArray
from recsys.evaluation.examples import Example, examples_of
from recsys.evaluation.groups import UserGroup, by_group
from recsys.evaluation.popularity_bands import Band, bands_of
from recsys.evaluation.scoring import Scored
from recsys.serving.scorer import Scorer
from recsys.tracking.pictures.figures import QUIET, SERIES, empty_figure
from recsys.training.trial import Weights
from recsys.workflows.comparison.report_sections import Section
from recsys.workflows.search.prepare import Prepared

_GROUPS = 5
"""Groups of users by activity."""
_MOST_BOXES = 20


def sections_of_predictions(prepared: Prepared, scorer: Scorer, scored: Scored) -> list[Section]:
    """What the best trial does on validation: its residuals where it predicts ratings, and for whom it is good."""
    train, validation = prepared.split.train, prepared.split.validation
    sections = []
    if scorer.rates and not validation.implicit:
        predicted = scorer.clipped(scorer.predict(validation.users, validation.items))
        text = "What the best trial predicts on validation, less the truth: models of ratings shrink to the mean."
        sections.append(Section("Residuals by true rating", text, residuals(validation.values, predicted)))
    if scored.reliability is not None:
        text = (
            f"Of the validation ratings intervals of 90 % cover {scored.reliability.observed():.1%}; on the line the "
            "best trial is as sure as it should be, above it less. A rating is all that would be rounded to it."
        )
        sections.append(Section("Reliability of the intervals", text, reliability(scored.reliability.curve)))
    lists = prepared.metric.family != "rating"
    objective = scored.samples[prepared.metric.name]
    activity = np.bincount(train.users, minlength=train.catalogue.users)
    groups = by_group(objective.values, objective.users, activity, groups=_GROUPS, root=objective.root)
    figure = by_activity(groups, objective.metric, "users" if lists else "ratings")
    text = (
        f"Validation {objective.metric} of users with few and with many training ratings, in groups of about a fifth."
    )
    sections.append(Section("Quality by activity of the user", text, figure))
    if lists and scored.ranking is not None:
        bands = bands_of(scored.ranking.lists.ranked, np.bincount(train.items, minlength=train.catalogue.items))
        text = (
            "The items in tenths, the most popular first: their share of the training ratings, and of what the best "
            "trial recommends."
        )
        sections.append(Section("Popularity of what is recommended", text, popularity_bands(bands)))
    return sections


def map_of_items(prepared: Prepared, weights: Weights) -> list[Section]:
    """The item embeddings; none of a model that has no such table."""
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


def example_lists(prepared: Prepared, scored: Scored) -> Sequence[Example]:
    """What three users of the validation part are shown; none where the objective is not of lists."""
    ranking = scored.ranking
    if ranking is None or prepared.metric.family == "rating":
        return []
    return examples_of(ranking.users, ranking.lists.ranked[0], ranking.lists.hits[0], prepared.split.train)


def residuals(truth: FloatArray, predicted: FloatArray) -> go.Figure:
    """Predicted minus true rating, by true rating."""
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
    """Observed against nominal coverage of intervals, and the line where they are equal."""
    figure = empty_figure("chance that an interval has", "share that it covers")
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": QUIET, "width": 1}, showlegend=False)
    nominal, observed = zip(*curve, strict=True)
    figure.add_scatter(x=nominal, y=observed, mode="lines+markers", line={"color": SERIES[0]}, showlegend=False)
    figure.update_xaxes(tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    return figure


def by_activity(groups: Sequence[UserGroup], metric: str, of: str) -> go.Figure:
    """The metric of each group of users, from the least active to the most; it is a mean `of` users, or ratings."""
    figure = empty_figure("training ratings of a user", metric)
    figure.add_bar(
        x=[f"{group.low:,}" if group.low == group.high else f"{group.low:,} to {group.high:,}" for group in groups],
        y=[group.value for group in groups],
        text=[f"{group.ratings:,} {of}" for group in groups],
        marker_color=SERIES[0],
    )
    figure.update_xaxes(type="category")
    return figure


def popularity_bands(bands: Sequence[Band]) -> go.Figure:
    """Beside each other what was rated and what is recommended of each band of items."""
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
    """Item embeddings (I, D) on their first two principal components, coloured by how many have rated the item."""
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
    """Each distinct rating; of too many to draw, even stretches of the scale that hold any."""
    values = np.unique(truth)
    if len(values) <= _MOST_BOXES:
        return [(f"{value:g}", truth == value) for value in values]
    borders = np.linspace(values[0], values[-1], _MOST_BOXES + 1)
    places = np.minimum(np.searchsorted(borders, truth, side="right") - 1, _MOST_BOXES - 1)
    return [(f"{borders[place]:.3g} to {borders[place + 1]:.3g}", places == place) for place in np.unique(places)]


def _quantiles(values: FloatArray, most: int = 400) -> FloatArray:
    """At most so many values with the same quartiles, so that the page stays light."""
    return values if len(values) <= most else np.quantile(values, np.linspace(0.01, 0.99, most))
