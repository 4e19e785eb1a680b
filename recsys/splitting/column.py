"""column: the data say themselves which rows are the part, in a column or by the file that they stand in."""

from __future__ import annotations

import numpy as np

from recsys.arrays import Int64Array
from recsys.data.ratings import Ratings
from recsys.data.split_labels import TEST, VALIDATION
from recsys.errors import InputError
from recsys.splitting.kind import Seed, SplitKind


def column_part(ratings: Ratings, seed: Seed) -> tuple[Int64Array, Int64Array]:
    """Rows that remain and the rows that are marked as the part: test, or validation of what test leaves.

    Raises:
        InputError: No row is marked.
    """
    if ratings.split_labels is None:
        raise InputError(
            "split.kind = 'column' needs rows that are marked: name data.columns.split, or a file of its own for the "
            "test part, split.test"
        )
    inside = ratings.split_labels == (VALIDATION if seed[1] else TEST)
    return np.flatnonzero(~inside), np.flatnonzero(inside)


def marks_validation(ratings: Ratings) -> bool:
    """Whether rows are marked as validation."""
    split_labels = ratings.rows.split_labels  # of several rows a merged pair has the latest one's mark
    return split_labels is not None and bool((split_labels == VALIDATION).any())


COLUMN = SplitKind("column", (), lambda ratings, _by, seed: column_part(ratings, seed), of_rows=True)
