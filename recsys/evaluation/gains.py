"""Gains: how much each relevant item is worth to its user, for graded metrics."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from recsys.data.ratings import Ratings
from recsys.evaluation.cases import Cases

_GRADES = 4
"""The highest grade; the lowest is 0."""


def gains_of(cases: Cases, held_out: Ratings) -> csr_array:
    """The gain of each relevant item, (V, I): 2^g - 1 for its grade g.

    The grade puts the rating r on five grades, as judges of documents use (Burges et al. 2005): 4 (r - low) / (high -
    low) on a scale from low to high, which is 0 to 4 for one to five stars. The gain of a rating thus does not depend
    on the unit of the scale; with 2^r - 1, only the best of 100 points would count. Without ratings the gain is 1, and
    also in growing histories, whose cases have one relevant item each.
    """
    if held_out.implicit or cases.grow:
        return cases.relevant.astype(np.float64)
    low, high = held_out.scale
    grades = _GRADES * (held_out.values.astype(np.float64) - low) / (high - low)
    shape = held_out.catalogue.users, held_out.catalogue.items
    table = csr_array((2**grades - 1, (held_out.users, held_out.items)), shape=shape)
    found = csr_array(cases.relevant.multiply(table[cases.users]))
    found.sort_indices()
    return found
