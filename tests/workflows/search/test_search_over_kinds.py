"""A search over kinds of models is an ordinary sweep, whose trials are those of their kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomlkit

from recsys.errors import InputError
from recsys.execution.make import Execution
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.report import report
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.resume import resume
from recsys.workflows.search.stores import open_store
from recsys.workflows.search.sweep import sweep
from recsys.workflows.search.train import train

KINDS = ["mf", "mlp", "ease"]
DOCUMENT: dict[str, Any] = {
    "data": {"source": "synthetic", "synthetic": {"users": 60, "items": 40, "ratings": 1200}, "positive_from": 4},
    "space": {
        "kind": {"type": "choice", "values": KINDS},
        "mf": {"embedding_size": {"type": "int", "low": 2, "high": 8}},
        "mlp": {
            "hidden_units": {"type": "choice", "values": [[4], [6, 4]]},
            "dropout": {"type": "float", "low": 0.0, "high": 0.4},
        },
        "ease": {"l2": {"type": "float", "low": 1.0, "high": 100.0, "scale": "log"}},
    },
    "point": {"learning_rate": 0.02, "batch_size": 256, "user_embedding_size": 4, "item_embedding_size": 4},
    "study": {"trials": 9, "batch": 3, "sampler": "random"},
    "training": {"epochs": 2},
    "objective": {"metric": "ndcg"},
}


def document(changes: dict[str, Any], **study: Any) -> Experiment:
    whole = {**DOCUMENT, **changes, "study": {**DOCUMENT["study"], **study}}
    return experiment_from(whole, source="kinds", folder=Path.cwd(), name="kinds")


def experiment(**study: Any) -> Experiment:
    return document({}, **study)


def records(uri: str, name: str = "kinds") -> dict[int, Any]:
    return {record.number: record for record in open_store(uri).open_sweep(name).records()}


@pytest.fixture(scope="module")
def swept(fresh_database: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the sweep `kinds`."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('kinds')}/mlflow.db"
    sweep(experiment(), tracking_uri=uri)
    return uri


class TestASearchOverKinds:
    def test_it_begins_with_the_default_point_of_each_kind(self, swept: str) -> None:
        assert [records(swept)[number].point["kind"] for number in range(3)] == KINDS

    def test_a_point_has_the_parameters_of_its_kind(self, swept: str) -> None:
        own = {"mf": {"embedding_size"}, "mlp": {"hidden_units", "user_embedding_size"}, "ease": {"history_length"}}
        for record in records(swept).values():
            kind = record.point["kind"]
            assert own[kind] <= set(record.point)
            assert not set(record.point) & set().union(*(names for other, names in own.items() if other != kind))
            assert (record.point.get("learning_rate") == 0.02) == (kind != "ease")

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_trial_is_that_of_its_kind_alone(self, kind: str, store_uri: str) -> None:
        values = [kind, *(each for each in KINDS if each != kind)]
        space = {**DOCUMENT["space"], "kind": {"type": "choice", "values": values}}
        sweep(document({"space": space}, trials=1), tracking_uri=store_uri)
        (first,) = records(store_uri).values()
        point = {name: value for name, value in first.point.items() if name != "kind"}
        train(document({"model": {"kind": kind}, "space": {}, "point": point}), name="alone", tracking_uri=store_uri)
        (alone,) = records(store_uri, "alone").values()
        assert {**alone.point, "kind": kind} == first.point
        assert alone.values["ndcg"] == pytest.approx(first.values["ndcg"], abs=1e-6)

    def test_an_interrupted_sweep_goes_on_as_if_nothing_had_happened(self, swept: str, store_uri: str) -> None:
        sweep(experiment(trials=3), tracking_uri=store_uri)
        resume("kinds", trials=9, tracking_uri=store_uri)
        one, other = records(swept), records(store_uri)
        assert {number: record.point for number, record in one.items()} == {n: r.point for n, r in other.items()}
        for number, record in one.items():
            assert record.values["ndcg"] == pytest.approx(other[number].values["ndcg"], abs=1e-6)

    def test_workers_train_what_this_process_trains(self, swept: str, store_uri: str) -> None:
        sweep(experiment(trials=3), tracking_uri=store_uri, execution=Execution(workers=1, cpus=1))
        for number, record in records(store_uri).items():
            assert record.values["ndcg"] == pytest.approx(records(swept)[number].values["ndcg"], abs=1e-6)

    def test_the_best_of_all_kinds_is_compared_reported_and_promoted(self, swept: str, tmp_path: Path) -> None:
        board = compare(["kinds"], tracking_uri=swept)
        best = max(records(swept).values(), key=lambda record: record.values["ndcg"])
        assert board.rows[0].params["kind"] == best.point["kind"]
        report("kinds", output=tmp_path / "report.html", tracking_uri=swept)
        assert f"kind={best.point['kind']}" in (tmp_path / "report.html").read_text(encoding="utf-8")
        done = promote("kinds", tracking_uri=swept, accept_baseline_loss="a test")
        assert done.promoted
        assert np.isfinite(done.test["ndcg"])


@pytest.mark.parametrize(
    ("engine", "sampler"),
    [("optuna", "tpe"), ("optuna", "grid"), ("keras_tuner", "random"), ("keras_tuner", "bayesian")],
)
def test_every_engine_searches_kinds(engine: str, sampler: str, store_uri: str) -> None:
    done = sweep(experiment(engine=engine, sampler=sampler, trials=6), tracking_uri=store_uri)
    assert done.trials["complete"] == 6
    assert {record.point["kind"] for record in records(store_uri).values()} == set(KINDS)


def test_a_search_over_kinds_learns_from_another(swept: str) -> None:
    said: list[str] = []
    other = experiment(learn_from=("kinds",), sampler="tpe", trials=2)
    sweep(other, name="learned", tracking_uri=swept, reporter=said.append)
    assert "learning from kinds 9 of 9" in said


def test_overrides_reach_into_the_table_of_a_kind(tmp_path: Path) -> None:
    (tmp_path / "kinds.toml").write_text(tomlkit.dumps(DOCUMENT), encoding="utf-8")
    change = {"space.ease.l2.low": 50.0}
    read = load_experiment(tmp_path / "kinds.toml", change)
    assert read.search_space["ease.l2"].ends == (50.0, 100.0)
    assert experiment().replaced(change).search_space == read.search_space
    with pytest.raises(InputError, match=r"space\.ease\.l3: "):
        load_experiment(tmp_path / "kinds.toml", {"space.ease.l3.low": 50.0})


def test_a_point_of_a_kind_can_be_tried_first(store_uri: str) -> None:
    known = [{"kind": "ease", "l2": 7.0}, {"kind": "mf", "embedding_size": 3}]
    sweep(experiment(trials=2), try_=known, tracking_uri=store_uri)
    points = {number: record.point for number, record in records(store_uri).items()}
    assert (points[0]["kind"], points[0]["l2"]) == ("ease", 7.0)
    assert (points[1]["kind"], points[1]["embedding_size"]) == ("mf", 3)
