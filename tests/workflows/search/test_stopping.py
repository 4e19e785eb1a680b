"""A sweep ends after its running cohorts if it is asked to, and goes on when it is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recsys.errors import InputError, NotFoundError, StoreError
from recsys.experiment import Experiment, experiment_from
from recsys.workflows.search import stops
from recsys.workflows.search.progress import Progress
from recsys.workflows.search.resume import resume
from recsys.workflows.search.stopping import asked_to_stop, stop
from recsys.workflows.search.stores import open_store
from recsys.workflows.search.sweep import sweep


def experiment() -> Experiment:
    document: dict[str, Any] = {
        "data": {"source": "synthetic", "synthetic": {"users": 60, "items": 40, "ratings": 1200}, "positive_from": 4},
        "model": {"kind": "ease"},
        "space": {"l2": {"type": "float", "low": 1.0, "high": 100.0, "scale": "log"}},
        "study": {"trials": 9, "batch": 3, "sampler": "random"},
        "training": {"epochs": 1},
        "objective": {"metric": "ndcg"},
    }
    return experiment_from(document, source="long", folder=Path.cwd(), name="long")


@pytest.fixture(autouse=True)
def _listens_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "LISTENING", 0.0)


class TestAStoppedSweep:
    @pytest.fixture
    def stopped(self, store_uri: str) -> str:
        """A store with the sweep `long`, which was asked to end after its first cohorts."""

        def ask(progress: Progress) -> None:
            if progress.done >= 3:
                stop("long", tracking_uri=store_uri)

        done = sweep(experiment(), tracking_uri=store_uri, watch=ask)
        assert done.stopped == "recsys stop: somebody asked it to end"
        assert 3 <= done.trials["complete"] < 9
        return store_uri

    def test_it_has_ended_as_with_its_budget_used_up(self, stopped: str) -> None:
        summary = open_store(stopped).summary("long")
        assert (summary.state, summary.stopped) == ("FINISHED", "recsys stop: somebody asked it to end")
        assert summary.best is not None

    def test_it_goes_on_as_if_it_had_never_been_stopped(self, stopped: str, tmp_path: Path) -> None:
        assert resume("long", tracking_uri=stopped).trials["complete"] == 9
        other = f"sqlite:///{tmp_path}/other.db"
        sweep(experiment(), tracking_uri=other)
        one, two = (
            [(r.number, r.point, r.values["ndcg"]) for r in open_store(uri).open_sweep("long").records()]
            for uri in (stopped, other)
        )
        assert one == two

    def test_one_that_does_not_run_cannot_be_stopped(self, stopped: str) -> None:
        with pytest.raises(InputError) as failure:
            stop("long", tracking_uri=stopped)
        assert str(failure.value) == "long is not running: finished"
        with pytest.raises(NotFoundError):
            stop("short", tracking_uri=stopped)


def test_a_store_that_does_not_answer_stops_nothing() -> None:
    class Silent:
        def asked_to_stop(self, name: str) -> bool:
            raise StoreError(name)

    assert asked_to_stop(Silent(), "long") is False  # type: ignore[arg-type]


def test_the_store_is_asked_every_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from recsys.evaluation.metrics.table import metric_of
    from recsys.studies.study import StudySettings

    seconds = [0.0]
    clock = stops.WorkClock(now=lambda: seconds[0])
    clock.start()
    asked: list[float] = []
    rules = stops.Stops(StudySettings(), metric_of("rmse"), 1, clock, lambda: bool(asked.append(seconds[0])))
    for seconds[0] in (0.0, 1.0, 2.0, 2.5, 3.9, 4.1):
        assert not rules.over
    assert asked == [2.0, 4.1]
