"""column: the data declare which rows are the part, in a column or by separate files."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.data.split_labels import TEST, VALIDATION
from recsys.errors import InputError
from recsys.splitting.kind import Seed, SplitKind


def column_part(ratings: Ratings, seed: Seed) -> tuple[Int64Array, Int64Array]:
    """The remaining rows and the rows labelled as the part: test, or validation among the rows that test leaves.

    Raises:
        InputError: No row is labelled.
    """
    if ratings.split_labels is None:
        raise InputError(
            "split.kind = 'column' needs labelled rows: name data.columns.split, or a file of its own for the "
            "test part, split.test"
        )
    inside = ratings.split_labels == (VALIDATION if seed[1] else TEST)
    return np.flatnonzero(~inside), np.flatnonzero(inside)


def labels_validation(ratings: Ratings) -> bool:
    """Whether any row is labelled as validation."""
    split_labels = ratings.rows.split_labels  # of several rows a merged pair has the label of the latest
    return split_labels is not None and bool((split_labels == VALIDATION).any())


COLUMN = SplitKind("column", (), lambda ratings, _by, seed: column_part(ratings, seed), of_rows=True)
