"""Tests of measuring lists on a sample of users: when it applies, and which users it contains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import make_ratings

from recsys.data.ratings import Catalogue
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import LEAST, MOST_SCORES, ranking_part, sample_size

RATINGS = make_ratings(200, 30, 3000)
TRAIN, HELD_OUT = RATINGS.take(np.arange(2000)), RATINGS.take(np.arange(2000, 3000))


def size(users: int, items: int, given: int | None = None) -> int | None:
    return sample_size(ObjectiveSettings(users=given), Catalogue(pd.RangeIndex(users), pd.RangeIndex(items)))


class TestSize:
    def test_all_users_are_measured_as_long_as_their_scores_are_not_too_many(self) -> None:
        assert size(MOST_SCORES // 100, 100) is None
        assert size(MOST_SCORES // 100 + 1, 100) == MOST_SCORES // 100

    def test_a_sample_has_a_thousand_users_however_many_the_items(self) -> None:
        assert size(1_000_000, 100_000) == MOST_SCORES // 100_000 == 2000
        assert size(5000, 10_000_000) == LEAST

    @pytest.mark.parametrize(("given", "expected"), [(10, 10), (99, 99), (100, None), (101, None)])
    def test_what_is_given_counts_unless_it_is_everybody(self, given: int, expected: int | None) -> None:
        assert size(100, 10, given) == expected


class TestPart:
    whole = ranking_part(TRAIN, HELD_OUT, ObjectiveSettings())

    def test_a_sample_is_of_users_with_a_relevant_item_and_always_the_same(self) -> None:
        some = ranking_part(TRAIN, HELD_OUT, ObjectiveSettings(users=50))
        again = ranking_part(TRAIN, HELD_OUT.take(np.arange(1000)[::-1]), ObjectiveSettings(users=50))
        assert len(some.users) == 50 < len(self.whole.users)
        assert set(some.users) <= set(self.whole.users)
        assert (np.diff(some.users) > 0).all()
        np.testing.assert_array_equal(some.users, again.users)

    def test_a_larger_sample_holds_the_smaller(self) -> None:
        small, large = (ranking_part(TRAIN, HELD_OUT, ObjectiveSettings(users=n)).users for n in (20, 60))
        assert set(small) < set(large)

    def test_what_its_users_have_seen_and_like_is_as_in_the_whole(self) -> None:
        some = ranking_part(TRAIN, HELD_OUT, ObjectiveSettings(users=50))
        same = np.isin(self.whole.users, some.users)
        for table in ("seen", "relevant"):
            mine, theirs = getattr(some.cases, table), getattr(self.whole.cases, table)[same]
            np.testing.assert_array_equal(mine.toarray(), theirs.toarray())
        np.testing.assert_array_equal(some.popularity, self.whole.popularity)
        assert some.cases.seen.nnz == np.isin(TRAIN.users, some.users).sum()
