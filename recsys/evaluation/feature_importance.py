"""Permutation importance of features: what a metric loses if the values of one source column are exchanged.

The model stays the same. The features of one column are permuted over the ids, so that each id has those of another
one, and the metric is measured again (Breiman 2001). The losses, or the values by user, are averaged over several
permutations and compared with those of the right features in a test paired by user.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from recsys.arrays import Float64Array
from recsys.data.features.feature_table import FeatureTable
from recsys.data.features.summary import FeatureColumn, summary
from recsys.data.ratings import Catalogue, Ratings
from recsys.evaluation.baselines.tuning import score_family
from recsys.evaluation.metrics.table import metric_of
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.scoring import MetricSample, Predictor, defined_rows
from recsys.evaluation.significance import paired_test
from recsys.models.inputs import Input

__all__ = ["PERMUTATIONS", "FeatureImportance", "feature_importances", "permuted", "table_of"]

PERMUTATIONS = 5
"""The number of permutations of each column."""


@dataclass(frozen=True)
class FeatureImportance:
    """What the metric loses without the information of one source column."""

    of: Input
    """Features of users or of items."""
    column: FeatureColumn
    value: float
    """The loss, in units of the metric: above 0 where the column makes the metric better."""
    interval: tuple[float, float]
    """The 95 % interval of the loss; infinite for fewer than two users."""


def feature_importances(
    model: Callable[[Catalogue], Predictor],
    scored: MetricSample,
    train: Ratings,
    held_out: Ratings,
    objective: ObjectiveSettings,
    sides: Collection[Input],
) -> Sequence[FeatureImportance]:
    """Measure the importance of each source column.

    Args:
        model: Gives the model, with the same weights, for a catalogue whose features differ.
        scored: The objective's metric with the right features.
        train: The ratings that the model has seen.
        held_out: The part to measure on.
        objective: The metric and its parameters.
        sides: Whose features to permute.

    Returns:
        The columns, the most important first.
    """
    minimised = metric_of(objective.metric).direction == "minimize"

    def importance(of: Input, column: FeatureColumn) -> FeatureImportance:
        samples = [
            _values(model(_with_permuted(train.catalogue, of, column.column, seed)), train, held_out, objective)
            for seed in range(PERMUTATIONS)
        ]
        rows = defined_rows(scored.metric, scored.values, *samples)
        pair = np.mean(samples, axis=0)[rows], scored.values[rows]
        worse, better = pair if minimised else pair[::-1]
        test = paired_test(worse, better, scored.users[rows], root=scored.root)
        return FeatureImportance(of, column, test.difference, test.interval)

    columns = [(of, column) for of in sides for column in summary(table_of(train.catalogue, of))]
    return sorted((importance(*each) for each in columns), key=lambda found: -found.value)


def table_of(catalogue: Catalogue, of: Input) -> FeatureTable | None:
    """Return the features of users or of items, which the catalogue has by the name of the input; None without any."""
    table: FeatureTable | None = getattr(catalogue, of)
    return table if table is not None and table.count else None


def permuted(table: FeatureTable, column: str, seed: int) -> FeatureTable:
    """Return the features with those of one source column permuted over the ids."""
    own = np.array([name == column for name in table.columns])
    order = np.random.default_rng(seed).permutation(table.rows.shape[0])
    places = np.argsort(np.concatenate([np.flatnonzero(~own), np.flatnonzero(own)]))
    rows = csr_array(hstack([table.rows[:, ~own], table.rows[order][:, own]], format="csr")[:, places])
    rows.sort_indices()
    return replace(table, rows=rows)


def _with_permuted(catalogue: Catalogue, of: Input, column: str, seed: int) -> Catalogue:
    table: FeatureTable = getattr(catalogue, of)
    field: dict[str, Any] = {of: permuted(table, column, seed)}
    return replace(catalogue, **field)


def _values(predictor: Predictor, train: Ratings, held_out: Ratings, objective: ObjectiveSettings) -> Float64Array:
    return score_family(predictor, train, held_out, objective).samples[objective.metric].values
