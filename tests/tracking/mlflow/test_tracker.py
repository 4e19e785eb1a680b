"""Tests of the MLflow tracker beyond the protocol: exactness after crashes, and the content of the store."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mlflow import MlflowClient
from tracking_samples import EXPERIMENT, make_header, make_result, make_trial, make_weights

from recsys.data.ratings import Catalogue
from recsys.errors import InputError, NotFoundError, StoreError
from recsys.tracking.mlflow import runs as runs_module
from recsys.tracking.mlflow import tracker as adapter
from recsys.tracking.mlflow import trial as trial_module
from recsys.tracking.mlflow.store import MlflowStore
from recsys.training.trial import TrialState


def files(store: MlflowStore, run_id: str) -> set[str]:
    folder = Path(store._client.get_run(run_id).info.artifact_uri.removeprefix("file://"))
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def status(store: MlflowStore, run_id: str) -> str:
    return str(store._client.get_run(run_id).info.status)


numbers = st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | st.booleans()
values = numbers | st.text(max_size=30) | st.lists(st.integers(), max_size=4).map(tuple)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(point=st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True), values, min_size=1, max_size=5))
def test_any_point_is_read_back_exactly(store: MlflowStore, catalogue: Catalogue, point: dict[str, Any]) -> None:
    name = f"sweep {len(store.sweeps())}"
    store.create_sweep(make_header(name), catalogue).start([make_trial(3, **point)])
    (record,) = store.open_sweep(name).records()
    assert record.point == point
    assert [type(value) for value in record.point.values()] == [type(value) for value in point.values()]
    assert record.seed == make_trial(3).seed


def test_a_history_with_nan_and_infinities_is_read_back_exactly(store: MlflowStore, catalogue: Catalogue) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(0)])
    odd = [math.pi, math.inf, -math.inf, math.nan]
    tracker.finish(make_result(make_trial(0), history={"train_loss": odd, "rmse": odd}))
    (record,) = store.open_sweep("first").records()
    assert record.finished is not None
    np.testing.assert_array_equal(record.finished.history, odd)
    np.testing.assert_array_equal(store.history(record.run_id)["train_loss"], odd)


def test_a_very_long_history_is_read_back_exactly_also_after_a_shorter_one(
    store: MlflowStore, catalogue: Catalogue
) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(0)])
    long = [1 / (epoch + 3) for epoch in range(1500)]
    for history in (long, long[:2]):
        tracker.finish(make_result(make_trial(0), history={"rmse": history}))
        (record,) = store.open_sweep("first").records()
        assert record.finished is not None
        assert list(record.finished.history) == history


class TestInterruption:
    def test_a_killed_trial_is_open_and_runs_again_in_the_same_run(
        self, store: MlflowStore, catalogue: Catalogue
    ) -> None:
        store.create_sweep(make_header(), catalogue).start([make_trial(0)])  # and the process is gone
        resumed = MlflowStore(store.uri).open_sweep("first", catalogue)
        (before,) = resumed.records()
        resumed.start([make_trial(0)])
        resumed.finish(make_result(make_trial(0)))
        (after,) = resumed.records()
        assert before.finished is None
        assert after.run_id == before.run_id
        assert status(store, after.run_id) == "FINISHED"

    @pytest.mark.parametrize("step", ["log_batch", "upload", "set_terminated"])
    def test_a_trial_cut_off_while_it_is_written_does_not_count_and_is_whole_after_writing_it_again(
        self, store: MlflowStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])

        def cut(*_: object, **__: object) -> None:
            raise OSError("No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(*((adapter, "upload") if step == "upload" else (tracker._client, step)), cut)
            with pytest.raises(StoreError, match="No space left"):
                tracker.finish(make_result(make_trial(0)))
        (record,) = store.open_sweep("first").records()
        assert record.finished is None
        tracker.finish(make_result(make_trial(0)))
        assert tracker.records() == store.open_sweep("first").records()
        assert store.history(record.run_id) == {k: list(v) for k, v in make_result(make_trial(0)).history.items()}
        points = store._client.get_metric_history(record.run_id, "rmse")
        assert [point.step for point in points] == [0, 1, 2]

    def test_an_orderly_stop_leaves_no_run_running(self, store: MlflowStore, catalogue: Catalogue) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0), make_trial(1)])
        tracker.finish(make_result(make_trial(0)))
        tracker.close({}, finished=False)
        assert status(store, tracker.run_id) == "KILLED"
        assert [status(store, record.run_id) for record in tracker.records()] == ["FINISHED", "KILLED"]
        runs = [tracker.run_id, *(record.run_id for record in tracker.records())]
        assert all(store._client.get_run(run_id).info.end_time for run_id in runs)
        assert store.find(tracker.records()[1].run_id).state == "INTERRUPTED"

    def test_of_a_trial_with_two_runs_the_finished_one_stays(self, store: MlflowStore, catalogue: Catalogue) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        late = store.open_sweep("first", catalogue)
        assert late.records() == []
        tracker.start([make_trial(0)])
        late.start([make_trial(0)])
        late.finish(make_result(make_trial(0)))
        (record,) = store.open_sweep("first").records()
        assert record.run_id == late.records()[0].run_id
        assert len(runs_module.children(store._client, store._runs.sweep("first"))) == 1


def test_more_trials_than_a_page_are_all_read(
    store: MlflowStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_module, "_PAGE", 3)
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(n) for n in range(10)])
    assert [record.number for record in store.open_sweep("first").records()] == list(range(10))


class TestWhatPeopleFind:
    def test_a_trial_run_has_its_name_parameters_metrics_by_epoch_and_best_values(
        self, store: MlflowStore, catalogue: Catalogue
    ) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(7)])
        tracker.finish(make_result(make_trial(7), value=0.9))
        info = store.find(tracker.records()[0].run_id)
        assert (info.kind, info.name, info.sweep, info.state) == ("trial", "trial-007", "first", "COMPLETE")
        assert info.params == {"embedding_size": "11", "learning_rate": "0.0125", "loss": "huber"}
        assert info.metrics["best_rmse"] == 0.9
        assert (info.metrics["best_epoch"], info.metrics["seconds"]) == (1, 0.25)
        assert info.tags["mlflow.parentRunId"] == tracker.run_id
        assert store.history(info.run_id)["rmse"] == [0.9 + 0.2, 0.9, 0.9 + 0.1]

    @pytest.mark.parametrize(
        ("state", "shown"),
        [(TrialState.COMPLETE, "FINISHED"), (TrialState.PRUNED, "FINISHED"), (TrialState.FAILED, "FAILED")],
    )
    def test_a_pruned_trial_reads_as_an_ordinary_end_and_a_failed_one_as_a_failure(
        self, store: MlflowStore, catalogue: Catalogue, state: TrialState, shown: str
    ) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])
        tracker.finish(make_result(make_trial(0), state=state, reason="loss is NaN"))
        info = store.find(tracker.records()[0].run_id)
        assert status(store, info.run_id) == shown
        assert (info.state, info.tags["recsys.reason"]) == (state, "loss is NaN")

    def test_the_sweeps_run_has_experiment_data_and_summary(self, store: MlflowStore, catalogue: Catalogue) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        trials = [make_trial(n) for n in range(7)]
        tracker.start(trials)
        for trial in trials:
            tracker.finish(make_result(trial, value=1 + abs(trial.number - 3)))
        tracker.close({"learning_rate": 0.8, "loss": 0.2}, finished=True, extras={"model/graph.png": b"png"})
        run = MlflowClient(store.uri).get_run(tracker.run_id)
        (data,) = run.inputs.dataset_inputs
        assert (data.dataset.name, data.dataset.digest) == ("tiny", make_header().data_digest)
        folder = Path(run.info.artifact_uri.removeprefix("file://"))
        assert (folder / "experiment.toml").read_text() == EXPERIMENT
        assert "dropout" not in (folder / "space.toml").read_text()
        assert json.loads((folder / "summary.json").read_text())["best"]["trial"] == 3
        names = ("history.png", "importances.png", "parallel_coordinates.png", "parallel_coordinates.html")
        assert {f"pictures/{name}" for name in names} | {"model/graph.png"} <= files(store, tracker.run_id)
        best = store._client.get_metric_history(tracker.run_id, "best_so_far")
        assert [(point.step, point.value) for point in best][:4] == [(1, 4.0), (2, 3.0), (3, 2.0), (4, 1.0)]
        pictured = [r.number for r in tracker.records() if "pictures/learning_curves.png" in files(store, r.run_id)]
        assert pictured == [1, 2, 3, 4, 5]

    def test_the_best_are_drawn_when_the_last_trials_begin_and_not_again_at_the_end(
        self, store: MlflowStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: list[str] = []
        draw = trial_module.log_trial_pictures
        monkeypatch.setattr(
            trial_module, "log_trial_pictures", lambda *given: (drawn.append(given[1].info.run_name), draw(*given))
        )
        tracker = store.create_sweep(make_header(trials=4), catalogue)
        for first in (0, 2):
            tracker.start([make_trial(first), make_trial(first + 1)])
            assert drawn == ["trial-000", "trial-001"][:first]
            for number in (first, first + 1):
                tracker.finish(make_result(make_trial(number), value=1.0 + number))
        tracker.close({}, finished=True)
        assert drawn == [f"trial-{number:03d}" for number in range(4)]

    def test_pictures_of_any_other_trial_are_made_when_asked_for(
        self, store: MlflowStore, catalogue: Catalogue
    ) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])
        tracker.finish(make_result(make_trial(0)))
        run_id = tracker.records()[0].run_id
        store.log_pictures(run_id, catalogue)
        projector = {f"projector/{side}/{name}.tsv" for side in ("user", "item") for name in ("tensors", "metadata")}
        assert projector | {"pictures/learning_curves.png"} <= files(store, run_id)

    def test_the_weights_come_back_bit_for_bit(self, store: MlflowStore, catalogue: Catalogue) -> None:
        tracker = store.create_sweep(make_header(), catalogue)
        tracker.start([make_trial(0)])
        tracker.finish(make_result(make_trial(0)))
        weights = store.weights(tracker.records()[0].run_id)
        assert weights.keys() == make_weights(0).keys()
        for name, array in make_weights(0).items():
            np.testing.assert_array_equal(weights[name], array, strict=True)

    def test_of_huge_tables_only_the_best_so_far_keeps_its_weights(
        self, store: MlflowStore, catalogue: Catalogue
    ) -> None:
        header = make_header(experiment=EXPERIMENT.replace('embeddings = "all"', 'embeddings = "best"'))
        tracker = store.create_sweep(header, catalogue)
        trials = [make_trial(n) for n in range(4)]
        tracker.start(trials)
        kept = []
        for trial, value in zip(trials, (3.0, 1.0, 2.0, 0.5), strict=True):
            tracker.finish(make_result(trial, value=value))
            records = tracker.records()
            kept.append([r.number for r in records if "weights.npz" in files(store, r.run_id)])
        assert kept == [[0], [1], [1], [3]]
        with pytest.raises(NotFoundError, match="no weights are kept"):
            store.weights(records[0].run_id)


def test_a_tracker_opened_for_reading_does_not_write_trials(store: MlflowStore, catalogue: Catalogue) -> None:
    store.create_sweep(make_header(), catalogue).start([make_trial(0)])
    with pytest.raises((ValueError, StoreError, InputError), match="catalogue"):
        store.open_sweep("first").finish(make_result(make_trial(0)))


def test_what_the_machine_does_is_charted_where_it_is_asked_for(
    store: MlflowStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.05")
    header = make_header(experiment=EXPERIMENT + "system_metrics = true")
    tracker = store.create_sweep(header, catalogue)
    mlflow, deadline = store._client, time.monotonic() + 20
    name = "system/system_memory_usage_megabytes"
    while name not in mlflow.get_run(tracker.run_id).data.metrics and time.monotonic() < deadline:
        time.sleep(0.05)
    tracker.close({}, finished=False)
    before = len(mlflow.get_metric_history(tracker.run_id, name))
    assert before > 0
    store.open_sweep("first", catalogue).close({}, finished=False)
    steps = [metric.step for metric in mlflow.get_metric_history(tracker.run_id, name)]
    assert steps == list(range(len(steps)))


def test_without_what_it_is_measured_with_it_is_refused_before_anything_is_written(
    store: MlflowStore, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recsys.tracking.mlflow.machine.find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"recsweep\[system-metrics\]"):
        store.create_sweep(make_header(experiment=EXPERIMENT + "system_metrics = true"), catalogue)
    assert store.sweeps() == []
