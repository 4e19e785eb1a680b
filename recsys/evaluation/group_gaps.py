"""Differences of a metric between groups of users: by activity, and by each feature that divides them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.arrays import BoolArray
from recsys.data.ratings import Ratings
from recsys.evaluation.groups import CaseGroup, case_groups, quantile_groups
from recsys.evaluation.scoring import MetricSample
from recsys.evaluation.significance import UnpairedTest, holm, unpaired_test

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
    """Their difference. The p-value is corrected for the choice of two groups by the same data (Holm 1979), the
    interval is not."""

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
    found = (_gap(column, masks, sample) for column, masks in _divisions(train))
    return [gap for gap in found if gap is not None]


def _divisions(train: Ratings) -> Iterator[tuple[str, list[tuple[str, BoolArray]]]]:
    """Yield a name for each division of the users, with the name and the members (U,) of each group."""
    counts = np.bincount(train.users, minlength=train.catalogue.users)
    active = quantile_groups(counts, 2) == 2
    if active.any():
        least = f"{counts[active].min():,}"
        yield "activity", [(f"fewer than {least} training ratings", ~active), (f"{least} or more", active)]
    table = train.catalogue.user_features
    if table is None:
        return
    for column, places in table.categorical.items():
        rows = table.rows[:, places].astype(bool)
        if rows.sum(axis=1).max() <= 1:
            names = [table.names[place].removeprefix(f"{column}=") for place in places]
            yield column, list(zip(names, rows.toarray().T, strict=True))


def _gap(column: str, masks: Sequence[tuple[str, BoolArray]], sample: MetricSample) -> GroupGap | None:
    """Compare the groups of one division (U,); None for fewer than two groups that are large enough."""
    inside = {name: members[sample.users] for name, members in masks}
    found = case_groups(list(inside.items()), sample.values, sample.users, root=sample.root)
    groups = [group for group in found if group.users >= LEAST_USERS]
    if len(groups) < 2:
        return None
    lowest, *_, highest = (group.name for group in sorted(groups, key=lambda group: group.value))
    values = [(sample.values[inside[name]], sample.users[inside[name]]) for name in (highest, lowest)]
    test, pairs = unpaired_test(*values, root=sample.root), len(groups) * (len(groups) - 1) // 2
    corrected = float(holm(np.array([test.p_value]), of=pairs)[0])
    return GroupGap(column, groups, highest, lowest, UnpairedTest(test.difference, test.interval, corrected))
