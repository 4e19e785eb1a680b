"""Tests of promotion: the new champion, its values, and the state of other versions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recsys.errors import InputError, NotFoundError
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.show import delete
from recsys.workflows.promotion.champions import history, rollback
from recsys.workflows.promotion.promote import promote
from recsys.workflows.promotion.promotion import Promotion
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend, recommend_all

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
def good(experiment: Path, fresh_database: Path) -> Path:
    """A store with a good sweep, of which the tests take copies."""
    shutil.copy(fresh_database, experiment.parent / "good.db")
    sweep(experiment, tracking_uri=f"sqlite:///{experiment.parent}/good.db", name="good")
    return experiment.parent / "good.db"


@pytest.fixture(scope="module")
def uri(experiment: Path, good: Path) -> str:
    """A store with a good sweep, a poor one, and one on another split."""
    shutil.copy(good, experiment.parent / "mlflow.db")
    uri = f"sqlite:///{experiment.parent / 'mlflow.db'}"
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
        biases, mean = champion.baselines["biases_only"], champion.baselines["global_mean"]
        assert champion.test["rmse"] < biases.value < mean.value
        assert biases.test.difference == pytest.approx(champion.test["rmse"] - biases.value)

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
        before, looks = history(tracking_uri=uri), len(MlflowAccessLog(uri).openings(fingerprint))
        promote("good", tracking_uri=uri, dry_run=True, replace="whatever")
        assert history(tracking_uri=uri) == before
        openings = MlflowAccessLog(uri).openings(fingerprint)
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
        (gap,) = champion.gaps
        assert "## rmse by group of users\n\n| by | group | users |" in card
        assert gap.sentence in card
        assert "- The model learns from who gave which item which rating. It knows nothing else of users" in card
        assert '"point"' in registry.file(version, "recipes.json")

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
        looks = len(MlflowAccessLog(uri).openings(test))
        with pytest.raises(InputError, match="made of Keras's own layers"):
            promote("own", tracking_uri=uri, allow_custom_factory=True, replace="a drill")
        assert len(MlflowAccessLog(uri).openings(test)) == looks


class TestBaselines:
    """A ranking objective, whose baselines are hard to beat: on a store of its own."""

    @pytest.fixture(scope="class")
    @classmethod
    def ranked(cls, experiment: Path) -> str:
        uri = f"sqlite:///{experiment.parent / 'ranked.db'}"
        weak = ["objective.metric=ndcg", "training.epochs=1"]
        sweep(experiment, tracking_uri=uri, name="ranked", trials=1, overrides=weak)
        return uri

    @pytest.fixture(scope="class")
    @classmethod
    def crowned(cls, ranked: str) -> Promotion:
        """The baseline that does best on the test part, as the refusal of the weak model tells."""
        others = promote("ranked", tracking_uri=ranked, dry_run=True).baselines
        best = max(others, key=lambda name: others[name].value)
        return promote("ranked", baseline=best, tracking_uri=ranked)

    def test_a_model_that_does_not_beat_the_best_of_them_is_refused_with_the_numbers(self, ranked: str) -> None:
        refused = promote("ranked", tracking_uri=ranked)
        assert not refused.promoted
        assert list(refused.baselines) == ["popularity", "item_knn", "ease", "ials"]
        best = max(other.value for other in refused.baselines.values())
        assert refused.test["ndcg"] < best
        assert f"{best:.4f}: difference -" in refused.reason

    def test_the_winning_baseline_is_promoted_against_the_others(self, crowned: Promotion) -> None:
        assert crowned.promoted
        assert len(crowned.baselines) == 3
        assert all(crowned.test["ndcg"] > other.value for other in crowned.baselines.values())

    def test_it_is_served_like_any_other(self, ranked: str, crowned: Promotion) -> None:
        top = recommend("7", n=3, tracking_uri=ranked)
        assert [set(item.to_dict()) for item in top.items] == [{"item", "title", "score"}] * 3
        somebody = recommend(n=3, history=[1, "2", 3], tracking_uri=ranked)
        assert not somebody.fallback
        assert not {item.item for item in somebody.items} & {1, 2, 3}

    def test_its_card_and_its_tags_tell_what_it_is_and_whom_it_beat(self, ranked: str, crowned: Promotion) -> None:
        registry = MlflowRegistry(ranked)
        version = registry.required_champion(crowned.model)
        card = registry.file(version, "card.md")
        assert "- the baseline " in card
        described = crowned.descriptions["candidate"]
        assert crowned.descriptions.keys() == {"candidate", *crowned.baselines}
        assert f"| diversity | higher | {described['diversity']:.4f} |" in card
        assert float(version.tags["recsys.test.diversity"]) == pytest.approx(described["diversity"], abs=1e-6)
        assert "- The model learns from " in card
        assert "which rating" not in card, "a baseline that ranks learns from positives"
        for name, other in crowned.baselines.items():
            assert f"| {name} | {other.value:.4f} | {other.test.difference:+.4f} |" in card
            assert float(version.tags[f"recsys.baseline.{name}.difference"]) == pytest.approx(
                other.test.difference, abs=1e-6
            )

    def test_it_is_made_again_when_a_candidate_challenges_it(self, ranked: str, crowned: Promotion) -> None:
        challenged = promote("ranked", tracking_uri=ranked, dry_run=True, accept_baseline_loss="a drill")
        assert challenged.champion == pytest.approx(crowned.test["ndcg"])
        assert not challenged.promoted

    def test_an_accepted_loss_is_written_into_history_card_and_tags(self, ranked: str, crowned: Promotion) -> None:
        reason = "the baselines cannot be explained"
        taken = promote("ranked", tracking_uri=ranked, replace="a drill", accept_baseline_loss=reason)
        assert taken.accepted_loss == reason
        assert reason in history(tracking_uri=ranked)[-1].reason
        registry = MlflowRegistry(ranked)
        version = registry.required_champion(taken.model)
        assert version.tags["recsys.accepted_baseline_loss"] == reason
        assert f"promoted without beating them: {reason}" in registry.file(version, "card.md")

    @pytest.mark.parametrize(
        ("names", "more", "message"),
        [
            (["ranked"], {"baseline": "eaze"}, "no baseline is called 'eaze'; there are .*ease"),
            (["ranked"], {"baseline": "biases_only"}, "biases_only is no baseline of ndcg; its are popularity"),
            (["ranked"], {"baseline": "ease", "ensemble": 3}, "a baseline is promoted alone"),
            (["ranked", "ranked"], {"baseline": "ease"}, "on the data of one sweep"),
        ],
    )
    def test_what_cannot_be_promoted_as_a_baseline_is_an_input_error(
        self, names: list[str], more: dict[str, Any], message: str, ranked: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            promote(names, tracking_uri=ranked, **more)

    def test_one_that_the_data_are_too_large_for_says_so(self, ranked: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("recsys.evaluation.baselines.ease.MOST_ITEMS", 10)
        with pytest.raises(InputError, match="ease cannot be promoted: it inverts a matrix"):
            promote("ranked", baseline="ease", tracking_uri=ranked)


class TestSuccession:
    """Replacing, going back, and serving without the sweep: on a store of its own."""

    @pytest.fixture(scope="class")
    @classmethod
    def own(cls, experiment: Path, good: Path) -> str:
        shutil.copy(good, experiment.parent / "own.db")
        uri = f"sqlite:///{experiment.parent / 'own.db'}"
        promote("good", tracking_uri=uri)
        promote("good", tracking_uri=uri, replace="a drill", ensemble=3, final_refit=False)
        return uri

    def test_a_replacement_needs_no_victory_but_a_reason(self, own: str) -> None:
        event = history(tracking_uri=own)[-1]
        assert event.action == "replaced"
        assert event.reason.startswith("replaced: a drill")
        assert event.reason.endswith("; the champion was not compared with")
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

    def test_somebody_with_a_history_is_given_a_list(self, own: str) -> None:
        given = {
            stars: recommend(n=100, history=[1, 2, 3], values=[stars] * 3, tracking_uri=own) for stars in (1.0, 5.0)
        }
        assert [(each.user, each.fallback, len(each.items)) for each in given.values()] == [(None, False, 97)] * 2
        means = [np.mean([item.rating for item in each.items]) for each in given.values()]
        assert means[1] > means[0] + 0.2
        with pytest.raises(InputError, match="outside the scale"):
            recommend(history=[1], values=[9], tracking_uri=own)
        with pytest.raises(InputError, match="neither a user nor a history"):
            recommend(tracking_uri=own)

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
