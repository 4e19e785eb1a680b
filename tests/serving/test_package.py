"""Tests of the files of a recommender, loaded in another process."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import pytest
from item_features import with_item_features
from serving_samples import USERS

from recsys.data.ratings import Ratings
from recsys.errors import InputError, RecsysError
from recsys.evaluation.baselines.table import BASELINES
from recsys.serving.package import check_package, load_package, save_package
from recsys.serving.recommender import Recommender
from recsys.serving.scorer import Scorer


@keras.saving.register_keras_serializable("somebody")
class Own(keras.layers.Layer):
    """A layer that only the process knows that has run its code."""

    def call(self, inputs):
        return inputs * 1.0


def own_model(users: int, items: int, *, own: bool) -> keras.Model:
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    sides = [keras.layers.Embedding(rows + 1, 2)(ids) for rows, ids in ((users, user), (items, item))]
    rating = keras.layers.Dot(axes=1)(sides)
    return keras.Model([user, item], Own()(rating) if own else rating)


@pytest.mark.parametrize("kind", ["mf", "own factory"])
def test_what_is_saved_loads_and_predicts_the_same(kind: str, recommender: Recommender, tmp_path: Path) -> None:
    if kind != "mf":
        model = own_model(recommender.catalogue.users, recommender.catalogue.items, own=False)
        recommender = replace(recommender, scorer=Scorer([model], [1.0], None))
    save_package(recommender, tmp_path)
    check_package(tmp_path, recommender)


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_is_saved_and_loaded_like_a_model(
    name: str, served_ratings: Ratings, recommender: Recommender, tmp_path: Path
) -> None:
    fitted = BASELINES[name]().fit(with_item_features(served_ratings.with_positives_from(4)))
    served = replace(recommender, scorer=replace(fitted, clip=(1.0, 5.0)))
    save_package(served, tmp_path)
    check_package(tmp_path, served)
    loaded = load_package(tmp_path)
    assert (loaded.scorer.clip, loaded.scorer.rates) == ((1.0, 5.0), fitted.rates)
    for user in (*USERS[:2], "nobody"):
        assert loaded.recommend(user, 5) == served.recommend(user, 5)


@pytest.mark.parametrize("repeats", [False, True])
def test_a_package_knows_whether_its_lists_repeat_and_an_older_one_does_not(
    repeats: bool, recommender: Recommender, tmp_path: Path
) -> None:
    save_package(replace(recommender, feedback=replace(recommender.feedback, repeats=repeats)), tmp_path)
    assert load_package(tmp_path).feedback.repeats == repeats
    older = json.loads((tmp_path / "feedback.json").read_text())
    del older["repeats"]
    (tmp_path / "feedback.json").write_text(json.dumps(older))
    assert not load_package(tmp_path).feedback.repeats


def test_a_layer_that_only_this_process_knows_is_refused_and_stays_known(
    recommender: Recommender, tmp_path: Path
) -> None:
    model = own_model(recommender.catalogue.users, recommender.catalogue.items, own=True)
    own = replace(recommender, scorer=Scorer([model], [1.0], None))
    save_package(own, tmp_path)
    with pytest.raises(InputError, match=r"cannot be loaded again.*made of Keras's own layers"):
        check_package(tmp_path, own)
    assert keras.saving.get_registered_object("somebody>Own") is Own


def test_a_saved_model_that_predicts_something_else_is_refused(recommender: Recommender, tmp_path: Path) -> None:
    model = own_model(recommender.catalogue.users, recommender.catalogue.items, own=False)
    save_package(replace(recommender, scorer=Scorer([model], [1.0], None)), tmp_path)
    with pytest.raises(RecsysError, match="does not predict what it did"):
        check_package(tmp_path, recommender)
