"""Tests of what comes next, from the sweep to the answers: on a Markov chain whose best possible list is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest

import recsys
from recsys.data.histories import Histories
from recsys.data.settings import SyntheticSettings
from recsys.data.synthetic import taste_shares
from recsys.errors import InputError
from recsys.evaluation.ranking import ranking_part, score_ranker
from recsys.evaluation.ranking_evaluation import RankingEvaluation
from recsys.experiment import Experiment, experiment_from
from recsys.workflows.promotion.promotion import Promotion
from recsys.workflows.search.prepare import prepare

DRAWN = {"users": 150, "items": 60, "ratings": 6000, "rank": 6, "persistence": 0.8, "popularity": 0.3, "seed": 1}


def experiment(folder: Path, **changes: Any) -> Experiment:
    document: dict[str, Any] = {
        "data": {"source": "synthetic", "feedback": "implicit", "synthetic": DRAWN},
        "split": {"kind": "leave_last", "repeats": True},
        "model": {"kind": "sequential_mf"},
        "point": {"embedding_size": 16, "history_length": 10, "batch_size": 128, "learning_rate": 0.02, "l2": 1e-3},
        "space": {"dropout": {"type": "float", "low": 0.0, "high": 0.3}},
        "study": {"trials": 2, "batch": 2},
        "training": {"epochs": 30},
        "objective": {"metric": "ndcg"},
    }
    return experiment_from(document | changes, source="document", folder=folder, name="next")


def best_possible(made: Experiment) -> float:
    """NDCG of the list that ranks by the true probabilities after the last event of each user."""
    split = prepare(made).split
    part = ranking_part(split.train, split.validation, made.objective)
    shares = taste_shares(SyntheticSettings.model_validate(DRAWN))
    last = [part.cases.histories.take(np.array([case])).items[-1] for case in range(len(part.users))]
    chances = np.stack(
        [
            DRAWN["persistence"] * shares[item % DRAWN["rank"]] + (1 - DRAWN["persistence"]) * shares.mean(0)
            for item in last
        ]
    )
    rank = score_ranker(lambda cases: chances[cases][None], part.fallback)
    found: RankingEvaluation = part.values(rank, 10, rates=False, reads=True)
    return float(found.values["ndcg"][0])


class TestFromSweepToAnswers:
    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("next")

    @pytest.fixture(scope="class")
    @classmethod
    def store(cls, folder: Path) -> str:
        return f"sqlite:///{folder}/mlflow.db"

    @pytest.fixture(scope="class")
    @classmethod
    def swept(cls, folder: Path, store: str) -> Any:
        return recsys.sweep(experiment(folder), tracking_uri=store)

    @pytest.fixture(scope="class")
    @classmethod
    def promoted(cls, swept: Any, store: str) -> Promotion:
        return recsys.promote(swept.sweep, name="next", accept_baseline_loss="it is small", tracking_uri=store)

    def test_it_is_nearly_as_good_as_the_best_possible_list(self, swept: Any, folder: Path) -> None:
        best = best_possible(experiment(folder))
        assert 0.9 * best < swept.best.value < 1.1 * best

    def test_baselines_that_know_the_order_are_judges(self, promoted: Promotion) -> None:
        assert {"transitions", "again", "ease"} <= set(promoted.baselines)
        assert promoted.promoted

    def test_new_choices_follow_what_is_stored(self, promoted: Promotion, store: str, folder: Path) -> None:
        """The list of a user whose next event has another taste is of that taste."""
        assert promoted.version == 1
        catalogue = prepare(experiment(folder)).catalogue
        for taste in range(3):
            item = catalogue.item_ids[taste + DRAWN["rank"]]
            new = recsys.recommend(1, n=5, history=[item], model="next", tracking_uri=store)
            shown = catalogue.item_ids.get_indexer([each.item for each in new.items]) % DRAWN["rank"]
            assert (shown == taste).mean() >= 0.8

    def test_a_champion_goes_on_where_the_data_end(self, promoted: Promotion, store: str, folder: Path) -> None:
        """A user's list is that of somebody who did the same, the test part included."""
        assert promoted.promoted
        prepared = prepare(experiment(folder), sealed=False)
        everything = prepared.split.train.join(prepared.split.validation).join(
            prepared.split.open_test("to compare", lambda _reason: None)
        )
        histories = Histories.of(everything)
        rows = [histories.take(np.array([user])).items for user in range(len(histories))]
        user = next(user for user, own in enumerate(rows) if 3 <= len(own) == len(set(own)))  # a request has no repeats
        ids = [prepared.catalogue.item_ids[code] for code in rows[user]]
        known = recsys.recommend(prepared.catalogue.user_ids[user], n=5, model="next", tracking_uri=store)
        other = recsys.recommend(n=5, history=ids, model="next", tracking_uri=store)
        assert [each.item for each in known.items] == [each.item for each in other.items]
        assert not known.fallback

    def test_the_served_model_answers_alike(
        self, promoted: Promotion, store: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert promoted.promoted
        monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
        served = mlflow.pyfunc.load_model("models:/next@champion")
        rows = served.predict([{"user": 1, "n": 4, "history": [7, 8]}, {"history": [7, 8], "n": 4}])
        for user, answers in ((1, rows[:4]), (None, rows[4:])):
            mine = recsys.recommend(user, n=4, history=[7, 8], model="next", tracking_uri=store)
            assert [each.item for each in mine.items] == list(answers["item"])

    def test_the_report_shows_quality_by_history(self, swept: Any, store: str, folder: Path) -> None:
        path = folder / "report.html"
        recsys.report(swept.sweep, output=path, tracking_uri=store)
        page = path.read_text(encoding="utf-8")
        assert "Quality by length of the history" in page
        assert "chosen last" in page


@pytest.mark.parametrize(
    "kind", ["sequential_mf", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("ease", "item_knn", "mf"))]
)
def test_growing_histories_are_measured_alike_in_the_sweep_and_after_it(kind: str, tmp_path: Path) -> None:
    """Whether or not the model reads them."""
    closed_form = kind in {"ease", "item_knn"}
    made = experiment(
        tmp_path,
        split={"kind": "temporal", "history": "grows"},
        model={"kind": kind},
        point={} if closed_form else {"embedding_size": 8, "batch_size": 256},
        space={"history_half_life": {"type": "float", "low": 1.0, "high": 10.0}}
        if closed_form
        else {"dropout": {"type": "float", "low": 0.0, "high": 0.3}},
        training={"epochs": 1 if closed_form else 2},
    )
    store = f"sqlite:///{tmp_path}/mlflow.db"
    swept = recsys.sweep(made, tracking_uri=store)
    assert swept.trials["complete"] == 2
    assert recsys.report(swept.sweep, output=tmp_path / "report.html", tracking_uri=store)


def test_data_without_times_are_refused(tmp_path: Path) -> None:
    rows = [f"u{n % 9},i{n % 7}" for n in range(60)]
    (tmp_path / "events.csv").write_text("\n".join(["user,item", *rows]), encoding="utf-8")
    source = {"source": "events.csv", "feedback": "implicit", "columns": {"user": "user", "item": "item"}}
    made = experiment(tmp_path, data=source, split={"kind": "user_random"})
    with pytest.raises(InputError, match=r"'sequential_mf' reads histories .* name data\.columns\.timestamp"):
        prepare(made)
    of_ages = {"model": {"kind": "mf"}, "point": {"event_half_life": 30.0}}
    made = experiment(tmp_path, data=source, split={"kind": "user_random"}, **of_ages)
    with pytest.raises(InputError) as refusal:
        prepare(made)
    assert str(refusal.value) == (
        "event_half_life needs timestamps, and the data have none: name data.columns.timestamp"
    )
