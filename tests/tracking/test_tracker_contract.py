"""Tests of the tracker protocol for every tracker."""

from __future__ import annotations

from typing import Any

from tracking_samples import make_result, make_trial

from recsys.training.trial import FinishedTrial, TrialState


class TestTracker:
    """Run over the tracker in memory, in MLflow, and in MLflow behind the writing thread."""

    def test_a_started_trial_is_remembered_as_open(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(0)])
        sweep.tracker.flush()
        (record,) = sweep.reopen().records()
        assert (record.number, record.point, record.seed, record.finished) == (0, make_trial(0).point, 100, None)

    def test_a_finished_trial_is_told_as_it_was(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(0)])
        sweep.tracker.finish(make_result(make_trial(0), value=0.91))
        sweep.tracker.flush()
        (record,) = sweep.reopen().records()
        assert record.finished == FinishedTrial(TrialState.COMPLETE, 0.91, (0.91 + 0.2, 0.91, 0.91 + 0.1))
        assert (record.seconds, record.best_epoch, record.values) == (0.25, 1, {"rmse": 0.91, "mae": 0.8})

    def test_each_state_comes_back_and_only_a_failed_trial_has_no_value(self, sweep: Any) -> None:
        trials = [make_trial(n) for n in range(3)]
        sweep.tracker.start(trials)
        for trial, state in zip(trials, TrialState, strict=True):
            sweep.tracker.finish(make_result(trial, state=state, reason="because"))
        sweep.tracker.flush()
        finished = [record.finished for record in sweep.reopen().records()]
        assert [(t.state, t.value) for t in finished if t] == [("COMPLETE", 1.0), ("PRUNED", 1.0), ("FAILED", None)]

    def test_a_trial_that_failed_at_once_has_nothing_but_its_state(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(0)])
        sweep.tracker.finish(
            make_result(make_trial(0), state=TrialState.FAILED, history={}, values={}, weights={}, reason="NaN")
        )
        assert sweep.tracker.records()[0].finished == FinishedTrial(TrialState.FAILED, None, ())

    def test_records_come_by_number_whatever_the_order_of_finishing(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(n) for n in (2, 0, 1)])
        for number in (1, 2, 0):
            sweep.tracker.finish(make_result(make_trial(number)))
        assert [record.number for record in sweep.tracker.records()] == [0, 1, 2]

    def test_starting_a_known_trial_again_keeps_its_run(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(0)])
        before = sweep.tracker.records()
        again = sweep.reopen()
        again.start([make_trial(0), make_trial(1)])
        assert [record.run_id for record in again.records()][:1] == [before[0].run_id]
        assert len(again.records()) == 2

    def test_a_trial_that_goes_on_stays_one_run_with_a_longer_history(self, sweep: Any) -> None:
        trial = make_trial(0)
        sweep.tracker.start([trial])
        sweep.tracker.finish(make_result(trial, history={"rmse": [2.0]}, best_epoch=0, values={"rmse": 2.0}))
        sweep.tracker.start([trial])
        sweep.tracker.finish(make_result(trial, history={"rmse": [2.0, 1.5]}, values={"rmse": 1.5}))
        sweep.tracker.flush()
        (record,) = sweep.reopen().records()
        assert record.finished == FinishedTrial(TrialState.COMPLETE, 1.5, (2.0, 1.5))

    def test_a_closed_sweep_can_be_opened_and_gone_on_with(self, sweep: Any) -> None:
        sweep.tracker.start([make_trial(0), make_trial(1)])
        sweep.tracker.finish(make_result(make_trial(0)))
        sweep.tracker.close({}, finished=False)
        again = sweep.reopen()
        again.start([make_trial(1)])
        again.finish(make_result(make_trial(1)))
        again.close({"embedding_size": 1.0}, finished=True)
        assert [record.finished is None for record in again.records()] == [False, False]

    def test_a_trial_that_was_cut_is_remembered_as_such_until_it_has_gone_on(self, sweep: Any) -> None:
        trials = [make_trial(0), make_trial(1)]
        sweep.tracker.start(trials)
        for trial in trials:
            sweep.tracker.finish(make_result(trial, reason="cut after epoch 3"))
        sweep.tracker.flush()
        again = sweep.reopen()
        assert [record.cut for record in again.records()] == [True, True]
        again.finish(make_result(trials[0]))
        assert [record.cut for record in sweep.reopen().records()] == [False, True]
