"""Differences of a metric between groups of users: by activity, and by each feature that divides them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recsys.arrays import IntArray
from recsys.data.ratings import Ratings
from recsys.evaluation.groups import CaseGroup, case_groups, quantile_groups
from recsys.evaluation.scoring import MetricSample
from recsys.evaluation.significance import UnpairedTest, unpaired_test

LEAST_USERS = 10
"""The smallest group that is compared; of fewer users a standard error says little."""


@dataclass(frozen=True)
class GroupGap:
    """A metric by group of users, and the test between the groups with the highest and the lowest value."""

    column: str
    """`activity`, or the source column of the feature."""
    groups: Sequence[CaseGroup]
    """The groups of at least 10 measured users."""
    highest: str
    lowest: str
    """The names of the compared groups."""
    test: UnpairedTest
    """Their difference. As the same data chose the two groups, interval and p-value are those of as many tests as there
    are pairs of groups (Bonferroni's correction)."""

    @property
    def sentence(self) -> str:
        """The result of the test, as text."""
        low, high = self.test.interval
        chosen = f", corrected for the choice among {len(self.groups)} groups" if len(self.groups) > 2 else ""
        return (
            f"The value of {self.highest} is {self.test.difference:.4f} above that of {self.lowest} "
            f"(95 % {low:+.4f} to {high:+.4f}, p {self.test.p_value:.2g} in Welch's test{chosen})."
        )


def group_gaps(sample: MetricSample, train: Ratings) -> list[GroupGap]:
    """Compare groups of users: the more and the less active half, and the categories of each feature of users.

    A feature divides users if each has at most one of its categories, such as a gender. Users without one, and groups
    with fewer than 10 measured users, are left out; a feature with fewer than two groups has no gap.

    Args:
        sample: The loss of each held-out rating, or the value of each list.
        train: The ratings that the model has seen, whose catalogue has the features.
    """
    found = (_gap(*division, sample) for division in _divisions(train))
    return [gap for gap in found if gap is not None]


def _divisions(train: Ratings) -> Iterator[tuple[str, Sequence[str], IntArray]]:
    """Yield each division of the users: its name, the names of its groups, and the group of each user (U,), or -1."""
    counts = np.bincount(train.users, minlength=train.catalogue.users)
    active = quantile_groups(counts, 2) == 2
    if active.any():
        least = f"{counts[active].min():,}"
        yield "activity", [f"fewer than {least} training ratings", f"{least} or more"], active.astype(np.int64)
    table = train.catalogue.user_features
    if table is None:
        return
    for column, places in table.categorical.items():
        rows = table.rows[:, places].astype(bool)
        count = np.diff(rows.indptr)
        if count.max() <= 1:
            groups = np.full(len(count), -1)
            groups[count == 1] = rows.indices
            yield column, [table.names[place].removeprefix(f"{column}=") for place in places], groups


def _gap(column: str, names: Sequence[str], group_of: IntArray, sample: MetricSample) -> GroupGap | None:
    """Compare the groups of one division; None for fewer than two groups that are large enough."""
    measured = group_of[np.unique(sample.users)]
    large = np.flatnonzero(np.bincount(measured[measured >= 0], minlength=len(names)) >= LEAST_USERS)
    if len(large) < 2:
        return None
    inside = {names[group]: group_of[sample.users] == group for group in large.tolist()}
    groups = case_groups(list(inside.items()), sample.values, sample.users, root=sample.root)
    lowest, *_, highest = (group.name for group in sorted(groups, key=lambda group: group.value))
    values = [(sample.values[inside[name]], sample.users[inside[name]]) for name in (highest, lowest)]
    pairs = len(groups) * (len(groups) - 1) // 2
    test = unpaired_test(*values, root=sample.root, confidence=1 - 0.05 / pairs)
    return GroupGap(column, groups, highest, lowest, replace(test, p_value=min(1.0, pairs * test.p_value)))
