"""Tests of implicit data, positive ratings, and the k-core."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.data.core import k_core
from recsys.data.describe import describe, gini, share_of_top
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.errors import InputError

PLAYS = ("user,item,plays", "a,x,3", "b,x,1", "a,x,4", "b,y,100")


def load(folder: Path, *lines: str, said: list[str] | None = None, **data: Any) -> Ratings:
    (folder / "r.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = DataSettings.model_validate({"source": "r.csv", **data})
    return load_ratings(settings, folder, [].append if said is None else said.append)


def rows_of(ratings: Ratings) -> list[tuple[str, str, float]]:
    catalogue = ratings.catalogue
    ids = catalogue.user_ids[ratings.users].tolist(), catalogue.item_ids[ratings.items].tolist()
    return list(zip(*ids, ratings.values.tolist(), strict=True))


class TestImplicit:
    def test_every_row_is_an_event_and_repeated_pairs_are_summed(self, tmp_path: Path) -> None:
        events = load(tmp_path, *PLAYS, feedback="implicit")
        assert rows_of(events) == [("b", "x", 1), ("a", "x", 2), ("b", "y", 1)]
        assert events.implicit

    def test_weights_are_summed_over_the_rows_of_a_pair(self, tmp_path: Path) -> None:
        events = load(tmp_path, *PLAYS, feedback="implicit", columns={"weight": "plays"})
        assert rows_of(events) == [("b", "x", 1), ("a", "x", 7), ("b", "y", 100)]

    @pytest.mark.parametrize(
        ("scale", "weights"), [("log", np.log([2.0, 8.0, 101.0])), ("one", [1, 1, 1]), ("linear", [1, 7, 100])]
    )
    def test_and_then_put_on_their_scale(self, scale: str, weights: list[float], tmp_path: Path) -> None:
        events = load(tmp_path, *PLAYS, feedback="implicit", columns={"weight": "plays"}, weight_scale=scale)
        assert np.allclose(events.values, weights)

    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            ("0", "1 row has a weight that is not above 0: line 3: a, y, 0"),
            ("-1", "a weight that is not above 0"),
            ("", "a missing weight"),
            ("often", "a weight that is not a number"),
            ("inf", "an infinite weight"),
        ],
    )
    def test_a_weight_is_a_number_above_0(self, weight: str, message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=message):
            load(tmp_path, PLAYS[0], "a,x,1", f"a,y,{weight}", feedback="implicit", columns={"weight": "plays"})

    def test_a_table_without_ratings_is_told_of_it(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no column 'rating'.*data without ratings have data\.feedback = 'impl"):
            load(tmp_path, *PLAYS)

    def test_a_pair_has_the_time_of_its_last_event(self, tmp_path: Path) -> None:
        lines = ("user,item,when", "a,x,5", "a,y,7", "a,x,9")
        events = load(tmp_path, *lines, feedback="implicit", columns={"timestamp": "when"})
        assert events.timestamps is not None
        assert events.timestamps.tolist() == [7, 9]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"positive_from": 4.0}, "positive_from does nothing here"),
            ({"scale": (1.0, 5.0)}, "scale does nothing here"),
            ({"duplicates": "last"}, "duplicates does nothing here: the repeated pairs of implicit data are summed"),
            ({"columns": {"rating": "stars"}}, "rating does nothing here"),
        ],
    )
    def test_what_is_of_ratings_alone_is_refused(self, data: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            DataSettings.model_validate({"source": "r.csv", "feedback": "implicit", **data})

    @pytest.mark.parametrize("data", [{"weight_scale": "log"}, {"columns": {"weight": "plays"}}])
    def test_what_is_of_events_alone_is_refused_for_ratings(self, data: dict[str, Any]) -> None:
        with pytest.raises(
            ValidationError, match=r"does nothing here: ratings have no weights; .*feedback = 'implicit'"
        ):
            DataSettings.model_validate({"source": "r.csv", **data})


class TestPositives:
    STARS = ("user,item,rating", "a,x,3", "a,y,4", "b,x,5")

    def test_they_are_the_ratings_from_a_threshold_on_and_the_table_keeps_all(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, *self.STARS, positive_from=4.0)
        assert rows_of(ratings) == [("a", "x", 3), ("a", "y", 4), ("b", "x", 5)]
        assert rows_of(ratings.positives) == [("a", "y", 1), ("b", "x", 1)]
        assert ratings.positives.implicit
        assert ratings.positives.catalogue is ratings.catalogue

    def test_without_a_threshold_all_are(self, tmp_path: Path) -> None:
        assert len(load(tmp_path, *self.STARS).positives) == 3

    def test_of_events_they_are_all_with_their_weights(self, tmp_path: Path) -> None:
        events = load(tmp_path, *PLAYS, feedback="implicit", columns={"weight": "plays"})
        assert rows_of(events.positives) == rows_of(events)

    def test_what_is_positive_is_what_is_relevant(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, *self.STARS)
        assert ratings.relevant_from(4.0) == 4.0
        assert ratings.with_positives_from(5.0).relevant_from(4.0) == 5.0
        said = load(tmp_path, *self.STARS, positive_from=3.5)
        assert said.with_positives_from(5.0).relevant_from(5.0) == 3.5
        events = load(tmp_path, *PLAYS, feedback="implicit").with_positives_from(4.0)
        assert (events.values >= events.relevant_from(4.0)).all()

    @pytest.mark.parametrize(
        ("ratings", "expected"),
        [((1, 5), 4), ((0.5, 5), 4), ((1, 10), 7.75), ((0, 4), 3), ((0, 1), 0.75), ((-1, 1), 0.5), ((1, 3), 2.5)],
    )
    def test_where_nothing_is_said_it_is_4_of_5_or_what_is_as_high_on_another_scale(
        self, ratings: tuple[float, float], expected: float, tmp_path: Path
    ) -> None:
        low, high = ratings
        thumbs = load(tmp_path, "user,item,rating", f"a,x,{low}", f"b,y,{high}")
        assert thumbs.relevant_from(None) == expected
        assert rows_of(thumbs.with_positives_from(None).positives) == [("b", "y", 1)]

    def test_parts_know_it_too(self, tmp_path: Path) -> None:
        ratings = load(tmp_path, *self.STARS, positive_from=4.0)
        part = ratings.take(np.array([1])).join(ratings.take(np.array([0])))
        assert rows_of(part.positives) == [("a", "y", 1)]

    def test_a_threshold_that_no_rating_reaches_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"data\.positive_from = 6: the highest rating is 5"):
            load(tmp_path, *self.STARS, positive_from=6.0)


@st.composite
def any_table(draw: st.DrawFn) -> list[str]:
    pairs = st.tuples(st.integers(0, 7), st.integers(0, 7))
    drawn = draw(st.lists(pairs, min_size=1, max_size=40, unique=True))
    return ["user,item,rating", *(f"u{user},i{item},{1 + place % 5}" for place, (user, item) in zip(count(), drawn))]


class TestCore:
    @given(lines=any_table(), user_least=st.integers(0, 4), item_least=st.integers(0, 4))
    def test_it_is_the_largest_part_where_everyone_has_enough(
        self, tmp_path_factory: pytest.TempPathFactory, lines: list[str], user_least: int, item_least: int
    ) -> None:
        whole = load(tmp_path_factory.mktemp("core"), *lines, feedback="implicit")
        expected = rows_of(whole)
        while True:  # the definition, row by row: take any bad row out, until there is none
            users, items = [row[0] for row in expected], [row[1] for row in expected]
            bad = [r for r in expected if users.count(r[0]) < user_least or items.count(r[1]) < item_least]
            if not bad:
                break
            expected.remove(bad[0])
        if not expected:
            with pytest.raises(InputError, match="no ratings remain"):
                k_core(whole, user_least, item_least, [].append)
            return
        core = k_core(whole, user_least, item_least, [].append)
        assert rows_of(core) == expected
        if user_least or item_least:
            assert sorted(core.catalogue.user_ids) == sorted({row[0] for row in expected})
            assert sorted(core.catalogue.item_ids) == sorted({row[1] for row in expected})

    LEAST = "data.min_user_ratings = 2 and data.min_item_ratings = 2"
    CHAIN = ("user,item,rating", "a,x,1", "a,y,2", "b,x,3", "b,y,4", "c,y,5", "c,z,1", "d,z,2")

    def test_who_is_left_out_is_counted_and_said_and_kept_with_the_ratings(self, tmp_path: Path) -> None:
        """D has one rating, without it item z has one, and without that user c."""
        said: list[str] = []
        core = load(tmp_path, *self.CHAIN, said=said, min_user_ratings=2, min_item_ratings=2)
        assert said == ["r: kept 4 of 7 ratings, 2 of 4 users and 2 of 3 items, for " + self.LEAST]
        assert core.core == (2, 2)
        assert core.take(np.array([0])).core == (2, 2)

    def test_titles_stay_with_their_items(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("item,title\nx,X!\ny,Y!\nz,Z!\n")
        core = load(tmp_path, *self.CHAIN, min_item_ratings=3, titles={"path": "t.csv"})
        assert core.catalogue.titles is not None
        assert core.catalogue.titles.tolist() == ["Y!"]

    def test_events_are_counted_by_pair(self, tmp_path: Path) -> None:
        events = load(tmp_path, *PLAYS, feedback="implicit", min_user_ratings=2)
        assert rows_of(events) == [("b", "x", 1), ("b", "y", 1)]


class TestDescription:
    def test_of_events_it_counts_them_and_their_pairs(self, tmp_path: Path) -> None:
        description = describe(load(tmp_path, *PLAYS, feedback="implicit"))
        assert (description.feedback, description.events, description.ratings) == ("implicit", 4, 3)
        assert description.density == 0.75
        assert description.per_user == {
            "minimum": 1, "quarter": 1.25, "median": 1.5, "three quarters": 1.75, "maximum": 2
        }  # fmt: skip

    def test_of_ratings_it_counts_the_positives(self, tmp_path: Path) -> None:
        description = describe(load(tmp_path, *TestPositives.STARS, positive_from=4.0))
        assert (description.feedback, description.events, description.positives) == ("explicit", None, 2)

    def test_the_top_items_share_is_of_whole_items(self) -> None:
        counts = np.array([50, 20, 10, 10, 5, 1, 1, 1, 1, 1])
        assert share_of_top(counts, 0.1) == 0.5
        assert share_of_top(counts, 0.11) == 0.7
        assert share_of_top(counts, 1.0) == 1

    @given(counts=st.lists(st.integers(0, 9), min_size=2, max_size=12).filter(any))
    def test_gini_is_the_mean_difference_of_two_items_over_twice_the_mean(self, counts: list[int]) -> None:
        each = np.array(counts, np.float64)
        differences = np.abs(each[:, None] - each).sum() / (len(each) * (len(each) - 1))
        assert np.isclose(gini(np.array(counts)), differences / (2 * each.mean()))


def test_the_digest_of_files_stays_the_same_from_version_to_version(tmp_path: Path) -> None:
    stars = ("user,item,rating,when", "3,x,1.5,10", "1,y,2,20", "2,x,5,15")
    assert load(tmp_path, *stars).digest == "d81430d9cc110539dfe5f87fb6b786a51100"
    assert load(tmp_path, *stars, columns={"timestamp": "when"}).digest == "519684a4cb202ce2cabc9906018f1c03810d"
    assert load(tmp_path, *stars, "3,x,2,9", duplicates="mean").digest == "64ae135993d62c8d20a3c95ff5b152e6028c"
    dates = ("user,item,rating,when", "3,x,1.5,2020-01-01", "1,y,2,2020-01-01T10:00:00Z")
    assert load(tmp_path, *dates, columns={"timestamp": "when"}).digest == "9aebf639bf88281acf3fae946ebad000c79e"
