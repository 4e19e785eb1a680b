"""Promotion: who becomes champion, on what numbers, and what becomes of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from recsys.errors import InputError, NotFoundError
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.registry.mlflow_openings import MlflowOpenings
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow_store import MlflowStore
from recsys.workflows.champions import history, rollback
from recsys.workflows.promote import Promotion, promote
from recsys.workflows.recommend import recommend, recommend_all
from recsys.workflows.show import delete
from recsys.workflows.sweep import sweep

EXPERIMENT = """
[data]
source = "synthetic"

[model]
kind = "mf"

[space]
learning_rate = { type = "float", low = 1e-2, high = 5e-2, scale = "log" }

[point]
embedding_size = 4
batch_size = 256

[study]
trials = 4
batch = 4

[training]
epochs = 30
"""

OWN_LAYER = """
import keras

@keras.saving.register_keras_serializable("own")
class Shift(keras.layers.Layer):
    def call(self, inputs):
        return inputs + 3.5

def build(shape, point):
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    sides = [keras.layers.Embedding(n + 1, 2)(ids) for n, ids in ((shape.users, user), (shape.items, item))]
    return keras.Model([user, item], Shift()(keras.layers.Dot(axes=1)(sides)))
"""


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("promote") / "good.toml"
    path.write_text(EXPERIMENT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def uri(experiment: Path) -> str:
    """A store with a good sweep, a poor one, and one on another split."""
    uri = f"sqlite:///{experiment.parent / 'mlflow.db'}"
    sweep(experiment, tracking_uri=uri, name="good")
    sweep(experiment, tracking_uri=uri, name="poor", trials=1, overrides=["training.epochs=1"])
    sweep(experiment, tracking_uri=uri, name="elsewhere", trials=2, overrides=["split.seed=7"])
    return uri


@pytest.fixture(scope="module")
def champion(uri: str) -> Promotion:
    """The good sweep's best trial, promoted."""
    return promote("good", tracking_uri=uri)


class TestPromotion:
    def test_a_first_champion_beats_the_baselines(self, champion: Promotion) -> None:
        assert champion.promoted
        assert champion.version == 1
        assert champion.test["rmse"] < champion.baselines["biases_only"] < champion.baselines["global_mean"]

    def test_what_does_not_beat_the_baselines_is_refused_and_logged(self, uri: str, champion: Promotion) -> None:
        refused = promote("poor", tracking_uri=uri)
        assert not refused.promoted
        assert refused.version is None
        assert history(tracking_uri=uri)[-1].action == "refused"
        assert MlflowRegistry(uri).champion(champion.model).version == 1  # type: ignore[union-attr]

    def test_the_champion_itself_does_not_beat_the_champion(self, uri: str, champion: Promotion) -> None:
        again = promote("good", tracking_uri=uri)
        assert not again.promoted
        assert again.champion == pytest.approx(again.test["rmse"], abs=1e-9)

    def test_a_champion_of_another_split_is_made_again_on_the_candidates_ratings(
        self, uri: str, champion: Promotion
    ) -> None:
        other = promote("elsewhere", tracking_uri=uri, dry_run=True)
        assert other.champion is not None
        assert other.champion != pytest.approx(champion.test["rmse"], abs=1e-6)

    def test_a_dry_run_changes_nothing_but_its_look_is_recorded(self, uri: str, champion: Promotion) -> None:
        fingerprint = fingerprint_of_test(MlflowStore(uri).header("good").protocol)
        before, looks = history(tracking_uri=uri), len(MlflowOpenings(uri).openings(fingerprint))
        promote("good", tracking_uri=uri, dry_run=True, replace="whatever")
        assert history(tracking_uri=uri) == before
        openings = MlflowOpenings(uri).openings(fingerprint)
        assert len(openings) == looks + 1
        assert openings[-1].reason == "promote good --dry-run"

    def test_an_unknown_sweep_is_refused(self, uri: str) -> None:
        with pytest.raises(NotFoundError):
            promote("nothing", tracking_uri=uri)

    def test_an_ensemble_is_of_sweeps_of_one_protocol(self, uri: str) -> None:
        with pytest.raises(InputError, match=r"split\.seed"):
            promote(["good", "elsewhere"], ensemble=4, tracking_uri=uri)

    def test_the_version_carries_a_card_and_its_recipe(self, uri: str, champion: Promotion) -> None:
        registry = MlflowRegistry(uri)
        version = registry.required_champion(champion.model)
        card = registry.file(version, "card.md")
        for heading in ("Data and protocol", "Search", "Test", "activity of the user", "popularity", "Known limits"):
            assert heading in card
        assert '"point"' in registry.file(version, "recipes.json")

    @pytest.mark.slow
    def test_a_ranking_objective_is_held_against_the_popular_items(self, uri: str, experiment: Path) -> None:
        sweep(experiment, tracking_uri=uri, name="ranked", trials=1, overrides=["objective.metric=ndcg"])
        dry = promote("ranked", tracking_uri=uri, dry_run=True, replace="to see the baselines")
        assert dry.baselines.keys() == {"popularity", "biases_only"}
        assert 0 < dry.baselines["popularity"] < 1

    def test_a_run_is_promoted_by_its_id(self, uri: str) -> None:
        record = MlflowStore(uri).open_sweep("poor").records()[0]
        assert promote(record.run_id, tracking_uri=uri, dry_run=True).run_ids == [record.run_id]

    def test_a_model_that_nobody_could_load_is_refused_before_the_test_part_is_opened(
        self, uri: str, experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "own_layer.py").write_text(OWN_LAYER, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        own = {"model": {"factory": "own_layer:build"}, "training.epochs": 1}
        sweep(experiment, tracking_uri=uri, name="own", trials=1, overrides=own, allow_custom_factory=True)
        test = fingerprint_of_test(MlflowStore(uri).header("own").protocol)
        looks = len(MlflowOpenings(uri).openings(test))
        with pytest.raises(InputError, match="made of Keras's own layers"):
            promote("own", tracking_uri=uri, allow_custom_factory=True, replace="a drill")
        assert len(MlflowOpenings(uri).openings(test)) == looks


class TestSuccession:
    """Replacing, going back, and serving without the sweep: on a store of its own."""

    @pytest.fixture(scope="class")
    @classmethod
    def own(cls, experiment: Path) -> str:
        uri = f"sqlite:///{experiment.parent / 'own.db'}"
        sweep(experiment, tracking_uri=uri, name="good")
        promote("good", tracking_uri=uri)
        promote("good", tracking_uri=uri, replace="a drill", ensemble=3, final_refit=False)
        return uri

    def test_a_replacement_needs_no_victory_but_a_reason(self, own: str) -> None:
        event = history(tracking_uri=own)[-1]
        assert event.action == "replaced"
        assert event.reason.startswith("replaced: a drill")
        assert event.version == 2

    def test_a_card_says_what_the_served_model_was_trained_on(self, own: str) -> None:
        registry = MlflowRegistry(own)
        card = registry.file(registry.required_champion("synthetic"), "card.md")
        assert "trained on train and validation only" in card

    def test_rolling_back_returns_the_champion_before(self, own: str) -> None:
        assert rollback("the drill is over", tracking_uri=own).version == 1
        assert history(tracking_uri=own)[-1].action == "rolled back"
        with pytest.raises(InputError, match="no earlier champion"):
            rollback("further", tracking_uri=own)

    def test_a_version_outlives_its_sweep(self, own: str, tmp_path: Path) -> None:
        before = recommend("7", n=3, tracking_uri=own)
        delete("good", tracking_uri=own)
        assert recommend("7", n=3, tracking_uri=own) == before

    def test_everybody_is_given_a_list(self, own: str, tmp_path: Path) -> None:
        import pandas as pd

        for name in ("top.parquet", "top.csv"):
            rows = recommend_all(tmp_path / name, n=5, tracking_uri=own)
            frame = pd.read_parquet(tmp_path / name) if name.endswith("parquet") else pd.read_csv(tmp_path / name)
            assert rows == len(frame) == 200 * 5
            assert frame.groupby("user")["rank"].max().eq(5).all()
        assert recommend_all(str(tmp_path / "ten.csv"), tracking_uri=own) == 200 * 10
        with pytest.raises(InputError, match="n = 0"):
            recommend_all(tmp_path / "none.csv", n=0, tracking_uri=own)
        with pytest.raises(InputError, match=r"\.parquet or \.csv"):
            recommend_all(tmp_path / "top.xlsx", tracking_uri=own)


def test_a_data_set_whose_name_is_no_models_is_refused_before_the_test_is_opened(
    experiment: Path, tmp_path: Path
) -> None:
    rows = [f"u{n % 20},i{n // 20},{1 + n % 5}" for n in range(200)]
    file = tmp_path / "o'clock.csv"
    file.write_text("\n".join(["user,item,rating", *rows]), encoding="utf-8")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    done = sweep(experiment, trials=1, tracking_uri=uri, overrides=[f"data.source={file}"])
    with pytest.raises(InputError, match=r"model name .*o'clock.*\[promotion\] name gives another"):
        promote(done.sweep, tracking_uri=uri)
    assert MlflowOpenings(uri).openings(MlflowStore(uri).header(done.sweep).fingerprint) == []
