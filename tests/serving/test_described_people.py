"""Tests of requests with features of the person, and with new items, over Python, JSON, CSV and Parquet."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_champions import ITEMS, NEW, RATINGS, USERS, champion
from servers import CSV, JSON, mlflows, ours
from written import FORMS

from recsys.errors import InputError
from recsys.evaluation.baselines.linear_scores import LinearScores
from recsys.serving.ask import History
from recsys.serving.everybody import lists_of_all
from recsys.serving.package import check_package, load_package, save_package
from recsys.serving.reading import reader_of
from recsys.serving.recommender import Recommender

WOMAN = {"gender": "F", "student": True}
HISTORY = [101, 104, 107]
FLAGS = "expected yes or no, true or false, 1 or 0"
LINED_UP = ("instances", "inputs, by columns")
"""The forms of which MLflow's own server makes arrays, so that all rows must have the same keys."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """A champion of rankings that was saved and loaded."""
    folder = tmp_path_factory.mktemp("served")
    made = champion(RATINGS, "mf", loss="softmax", epochs=6)
    save_package(made, folder)
    check_package(folder, made)
    return load_package(folder)


def items(given: Any) -> list[Any]:
    return [each.item for each in given.items]


class TestFeaturesOfAPerson:
    def test_alone_they_give_the_list_of_a_user_of_whom_only_they_are_known(self, served: Recommender) -> None:
        lists = [served.recommend(None, ITEMS, user_features=each) for each in (WOMAN, {"gender": "M"})]
        assert [each.fallback for each in lists] == [False, False]
        assert items(lists[0]) != items(lists[1])
        person = served.person(None, None, reader_of(served).ask({"user_features": WOMAN}).user_features)
        assert person is not None
        assert items(lists[0]) == (100 + np.argsort(-person.scores)).tolist()

    def test_features_that_say_nothing_give_the_popular_items(self, served: Recommender) -> None:
        for nothing in ({}, {"gender": None}, {"gender": "X"}):
            assert served.recommend(None, user_features=nothing).fallback

    def test_with_a_history_both_count(self, served: Recommender) -> None:
        scores = [
            [each.value for each in served.recommend(None, history=history, user_features=features).items]
            for history in (None, History(HISTORY))
            for features in (WOMAN, {"gender": "M"})
        ]
        assert len({tuple(each) for each in scores}) == 4

    def test_of_a_user_of_the_data_they_replace_what_is_stored(self, served: Recommender) -> None:
        stored = served.person(None, "u00")
        same, other = (
            served.person(None, "u00", reader_of(served).ask({"user_features": each}).user_features)
            for each in (WOMAN, {"gender": "M"})
        )
        assert stored is not None
        assert same is not None
        assert other is not None
        np.testing.assert_array_equal(stored.scores, same.scores)
        assert np.abs(stored.scores - other.scores).max() > 1e-4
        assert not set(items(served.recommend("u00", ITEMS, user_features=WOMAN))) & {
            100 + int(item) for item in RATINGS.items[RATINGS.users == 0]
        }

    def test_rate_an_item(self, served: Recommender) -> None:
        asks = reader_of(served).asks([{"item": 103, "user_features": WOMAN}])
        rated = served.rate_person(None, 103, features=asks[0].user_features)
        scores = {each.item: each.value for each in served.recommend(None, ITEMS, user_features=WOMAN).items}
        assert rated["score"].tolist() == [scores[103]]

    def test_every_form_of_a_request_has_the_answer_of_python(self, served: Recommender) -> None:
        rows = [
            {"user_features": WOMAN, "n": 4},
            {"user": "u03", "user_features": {"gender": "M"}, "n": 4},
            {"history": HISTORY, "user_features": WOMAN, "n": 4},
        ]
        expected = [
            *served.recommend(None, 4, user_features=WOMAN).rows(),
            *served.recommend("u03", 4, user_features={"gender": "M"}).rows(),
            *served.recommend(None, 4, history=History(HISTORY), user_features=WOMAN).rows(),
        ]
        by_name = {"ours": ours(served), "MLflow's": mlflows(served)}
        for server, (name, write) in product(by_name, FORMS.items()):
            if name == "text/csv" or (server == "MLflow's" and name in LINED_UP):
                continue
            assert by_name[server](*write(rows)) == (200, {"predictions": expected}), (server, name)
        status, answer = ours(served)(b'n,user_features\n4,"{""gender"": ""F"", ""student"": true}"\n', CSV)
        assert (status, answer) == (200, {"predictions": expected[:4]})

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"sex": "F"}, "row 1: user_features: no column 'sex'; there are 'gender', 'student'"),
            (
                {"student": "perhaps"},
                f"row 1: user_features: column 'student': 1 value is neither yes nor no, such as 'perhaps': {FLAGS}",
            ),
            ("young", "row 1: user_features = 'young': expected an object with a value for each column"),
            ([1], "row 1: user_features = [1]: expected an object with a value for each column"),
        ],
    )
    def test_what_they_cannot_be_is_said(self, served: Recommender, given: Any, message: str) -> None:
        with pytest.raises(InputError) as caught:
            reader_of(served).asks([{"user_features": given}])
        assert str(caught.value) == message

    def test_a_champion_without_features_of_users_says_so(self, recommender: Recommender, served: Recommender) -> None:
        with pytest.raises(InputError) as caught:
            recommender.recommend("u00", user_features=WOMAN)
        assert str(caught.value) == (
            "user_features: the champion has none: train with a table of users ([data.users]) and promote"
        )
        with pytest.raises(InputError) as caught:
            champion(RATINGS, "ease", loss="weighted_squared", epochs=1).recommend("u00", user_features=WOMAN)
        assert str(caught.value) == "user_features: the champion's model reads none: promote one that does, such as mf"
        body = b'{"instances": [{"user_features": {"gender": "F"}}]}'
        assert ours(recommender)(body, JSON)[0] == 400
        assert served.catalogue.user_features is not None


class TestNewItems:
    @pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 1.0])
    def test_the_best_of_them_are_at_least_that_share_and_the_rest_are_the_best_others(
        self, served: Recommender, share: float
    ) -> None:
        n = 6
        plain = items(served.recommend("u01", ITEMS))
        found = served.recommend("u01", n, new_share=share).items
        new = [each.item for each in found if each.new]
        least = min(NEW, int(np.ceil(share * n)))
        assert len(found) == n
        assert len(new) >= least
        assert {each.item for each in found if each.new} <= set(range(100 + ITEMS - NEW, 100 + ITEMS))
        first = [item for item in plain if item >= 100 + ITEMS - NEW][:least]
        rest = [item for item in plain if item not in first][: n - least]
        assert [each.item for each in found if each.item in first] == first
        assert [each.item for each in found if each.item not in first] == rest

    def test_they_stand_at_evenly_spaced_places(self, served: Recommender) -> None:
        disliked = replace(served, scorer=_without_new(served))
        found = disliked.recommend("u01", 6, new_share=1 / 3).items
        assert [place for place, each in enumerate(found) if each.new] == [1, 4]

    def test_without_a_share_nothing_changes(self, served: Recommender) -> None:
        given = served.recommend("u01", 4)
        assert all(each.new is None for each in given.items)
        assert set(given.rows()[0]) == {"user", "rank", "item", "title", "score", "fallback"}

    def test_every_form_of_a_request_has_the_answer_of_python(self, served: Recommender) -> None:
        expected = served.recommend("u01", 5, new_share=0.4).rows()
        assert all("new" in row for row in expected)
        for server in (ours(served), mlflows(served)):
            for name, write in FORMS.items():
                body, kind = write([{"user": "u01", "n": 5, "new_share": 0.4}])
                assert server(body, kind) == (200, {"predictions": expected}), name

    def test_a_file_of_all_lists_says_which_are_new(self, served: Recommender) -> None:
        (chunk,) = lists_of_all(served, 5, new_share=0.4)
        assert len(chunk) == 5 * USERS
        assert chunk["new"].dtype == bool
        assert (chunk.groupby("user")["new"].sum() >= 2).all()

    @pytest.mark.parametrize("share", [1.5, -1, "many", True])
    def test_a_share_is_from_0_to_1(self, served: Recommender, share: Any) -> None:
        with pytest.raises(InputError) as caught:
            reader_of(served).ask({"user": "u00", "new_share": share})
        assert str(caught.value) == f"new_share = {share!r}: expected a number from 0 to 1"

    def test_an_item_has_no_share(self, served: Recommender) -> None:
        with pytest.raises(InputError) as caught:
            reader_of(served).ask({"user": "u00", "item": 101, "new_share": 0.5})
        assert str(caught.value) == "new_share: it is that of a list, and the row asks for an item"


def _without_new(served: Recommender) -> Any:
    """A scorer of which new items have the lowest scores."""
    return LinearScores(np.ones((USERS + 1, 1)), -np.arange(ITEMS + 1.0)[None])


def test_a_package_of_an_earlier_version_has_no_features(served: Recommender, tmp_path: Path) -> None:
    save_package(served, tmp_path)
    for name in ("user_features", "item_features"):
        (tmp_path / f"{name}.json").unlink()
    old = load_package(tmp_path)
    assert old.catalogue.user_features is None
    assert items(old.recommend("u01")) == items(served.recommend("u01"))
