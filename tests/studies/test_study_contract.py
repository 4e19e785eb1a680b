"""Tests of the study protocol for every engine and sampler."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.spaces.space import Space
from recsys.studies.make import make_study
from recsys.studies.samplers import SAMPLERS
from recsys.studies.study import Study, StudySettings
from recsys.training.trial import FinishedTrial, Trial, TrialState

SPACE = Space.model_validate(
    {
        "embedding_size": {"type": "int", "low": 4, "high": 16, "step": 4},
        "factors": {"type": "int", "low": 1, "high": 64, "scale": "log"},
        "dropout": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.1},
        "learning_rate": {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
        "loss": {"type": "choice", "values": ["mean_squared", "huber"]},
        "biases": {"type": "choice", "values": [True, False]},
        "hidden_units": {"type": "choice", "values": ((8,), (16, 8))},
    }
)
DEFAULT = {
    "embedding_size": 8,
    "factors": 3,
    "dropout": 0.1,
    "learning_rate": 1e-2,
    "loss": "huber",
    "biases": True,
    "hidden_units": (16, 8),
    "batch_size": 64,
}
EPOCHS = 9
TRIALS = 24
"""More than the 21 random points that a Gaussian process over this space begins with."""
ENGINES = [key for key in SAMPLERS if key[1] != "gp" or find_spec("torch")]
"""Optuna's Gaussian process needs PyTorch, which the suite does not bring."""


KNOWN: list[dict[str, Any]] = [
    {**{name: DEFAULT[name] for name in SPACE}, "dropout": 0.3},
    {**{name: DEFAULT[name] for name in SPACE}, "loss": "mean_squared"},
]
"""Points to be tried first."""


def make(
    engine: str,
    sampler: str,
    *,
    trials: int = TRIALS,
    seed: int = 0,
    space: Space = SPACE,
    first: Any = (),
    warm_start: Any = (),
) -> Study:
    settings = StudySettings.model_validate(
        {"engine": engine, "sampler": sampler, "trials": trials, "seed": seed, "batch": 5}
    )
    return make_study(settings, space, DEFAULT, EPOCHS, "minimize", first, warm_start)


def objective(trial: Trial) -> float:
    """A smooth bowl, the better the longer a trial is trained."""
    point: Any = trial.point
    return (
        abs(point["learning_rate"] - 0.01) * 10 + point["dropout"] + 0.01 * point["embedding_size"] / trial.last_epoch
    )


def finished(trial: Trial) -> FinishedTrial:
    return FinishedTrial(TrialState.COMPLETE, objective(trial), [objective(trial)] * trial.last_epoch)


def run(study: Study, recorded: dict[int, Any] | None = None, batch: int = 5, most: int = 1000) -> list[Trial]:
    asked: list[Trial] = []
    while len(asked) < most and (trials := study.ask(batch, recorded or {})):
        asked += trials
        for trial in trials:
            study.tell(trial, finished(trial))
    return asked


@cache
def undisturbed(engine: str, sampler: str) -> tuple[Trial, ...]:
    """A whole sweep's trials, asked for once and looked at by many tests."""
    return tuple(run(make(engine, sampler)))


@pytest.mark.parametrize(("engine", "sampler"), ENGINES)
class TestEveryStudy:
    def test_asks_exactly_as_many_trials_as_its_budget(self, engine: str, sampler: str) -> None:
        numbers = {trial.number for trial in undisturbed(engine, sampler)}
        expected = numbers if sampler == "grid" else set(range(TRIALS))
        assert numbers == expected
        assert len(numbers) > 4

    def test_every_point_is_admissible_and_carries_what_is_fixed(self, engine: str, sampler: str) -> None:
        for trial in undisturbed(engine, sampler):
            assert SPACE.admits(trial.point), trial
            assert trial.point["batch_size"] == 64

    def test_no_point_comes_twice(self, engine: str, sampler: str) -> None:
        points = {trial.number: tuple(sorted(trial.point.items())) for trial in undisturbed(engine, sampler)}
        assert len(set(points.values())) == len(points)

    def test_the_default_point_comes_first(self, engine: str, sampler: str) -> None:
        if sampler == "grid":
            pytest.skip("a grid goes through its points in their order")
        assert make(engine, sampler).ask(1)[0].point == DEFAULT

    def test_known_points_come_before_any_proposal_and_do_not_come_again(self, engine: str, sampler: str) -> None:
        asked = {trial.number: trial.point for trial in run(make(engine, sampler, trials=12, first=KNOWN))}
        assert [asked[0], asked[1]] == [{**DEFAULT, **point} for point in KNOWN]
        assert len(asked) <= 12
        assert len({tuple(sorted(point.items())) for point in asked.values()}) == len(asked)
        again = make(engine, sampler, trials=12, first=KNOWN)
        assert {t.number: t.point for t in run(again, {n: asked[n] for n in range(5)})} == asked

    def test_is_a_function_of_its_seed(self, engine: str, sampler: str) -> None:
        assert tuple(run(make(engine, sampler))) == undisturbed(engine, sampler)
        if sampler != "grid":
            assert undisturbed(engine, sampler)[1] != run(make(engine, sampler, seed=1), most=2)[1]

    @pytest.mark.parametrize("lived", [3, 11, 22])
    def test_goes_on_from_its_record_as_if_nothing_had_happened(self, engine: str, sampler: str, lived: int) -> None:
        recorded = {trial.number: trial.point for trial in undisturbed(engine, sampler)[:lived]}
        assert tuple(run(make(engine, sampler), recorded)) == undisturbed(engine, sampler)

    def test_survives_nothing_but_failures(self, engine: str, sampler: str) -> None:
        study = make(engine, sampler, trials=12)
        numbers = set()
        while trials := study.ask(4):
            for trial in trials:
                numbers.add(trial.number)
                study.tell(trial, FinishedTrial(TrialState.FAILED, None))
        assert len(numbers) == len(numbers | set(range(12 if sampler != "grid" else len(numbers))))
        assert study.importances() == {}

    def test_knows_which_parameter_matters(self, engine: str, sampler: str) -> None:
        study = make(engine, sampler)
        run(study)
        shares = study.importances()
        assert set(shares) <= set(SPACE)
        assert sum(shares.values()) == pytest.approx(1, abs=1e-6)

    def test_ends_when_a_small_space_is_exhausted(self, engine: str, sampler: str) -> None:
        space = Space.model_validate({"dropout": {"type": "choice", "values": [0.0, 0.1, 0.2]}})
        study = make(engine, sampler, trials=20, space=space)
        points = {}
        while trials := study.ask(2):
            for trial in trials:
                points[trial.number] = trial.point["dropout"]
                study.tell(trial, FinishedTrial(TrialState.COMPLETE, float(trial.point["dropout"])))  # type: ignore[arg-type]
        assert sorted(points.values()) == [0.0, 0.1, 0.2]  # type: ignore[type-var]


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_optuna_proposes_what_a_known_point_leaves_out(sampler: str) -> None:
    asked = run(make("optuna", sampler, first=[{"dropout": 0.3}, KNOWN[1]]), most=5)
    assert asked[0].point["dropout"] == 0.3
    assert asked[0].point != {**DEFAULT, "dropout": 0.3}
    assert all(SPACE.admits(trial.point) for trial in asked)
    assert asked[1].point == {**DEFAULT, **KNOWN[1]}


CONDITIONAL = Space.model_validate(
    {
        "learning_rate": SPACE["learning_rate"],
        "loss": {"type": "choice", "values": ["mean_squared", "huber", "log_cosh"]},
        "dropout": {"type": "float", "low": 0.0, "high": 0.5, "when": {"loss": ("huber", "log_cosh")}},
        "hidden_units": {"type": "choice", "values": ((8,), (16, 8)), "when": {"loss": "log_cosh"}},
        "factors": {"type": "int", "low": 1, "high": 8, "when": {"hidden_units": ((16, 8),)}},
    }
)


def conditional_objective(trial: Trial) -> float:
    point: Any = trial.point
    return abs(point["learning_rate"] - 0.01) * 10 + point.get("dropout", 0.2) + point.get("factors", 9) / 20


@pytest.mark.parametrize(("engine", "sampler"), ENGINES)
class TestConditionalSpaces:
    @staticmethod
    def run(study: Study, recorded: dict[int, Any] | None = None) -> list[Trial]:
        asked: list[Trial] = []
        while trials := study.ask(6, recorded or {}):
            asked += trials
            for trial in trials:
                study.tell(trial, FinishedTrial(TrialState.COMPLETE, conditional_objective(trial)))
        return asked

    def test_points_have_what_is_active_and_nothing_else_and_come_again(self, engine: str, sampler: str) -> None:
        study = make(engine, sampler, trials=18, space=CONDITIONAL)
        asked = self.run(study)
        points = {trial.number: trial.point for trial in asked}
        for point in points.values():
            assert {name for name in CONDITIONAL if name in point} == set(CONDITIONAL.active(point))
            assert CONDITIONAL.admits(point)
            assert point["batch_size"] == 64
        assert len({tuple(sorted(point.items())) for point in points.values()}) == len(points) > 10
        assert {len(CONDITIONAL.active(point)) for point in points.values()} >= {2, 3, 5}
        shares = study.importances()
        assert set(shares) <= set(CONDITIONAL)
        assert sum(shares.values()) == pytest.approx(1)
        again = make(engine, sampler, trials=18, space=CONDITIONAL)
        assert self.run(again, {number: point for number, point in points.items() if number < 7}) == asked


@pytest.mark.parametrize(("engine", "sampler"), [key for key in ENGINES if SAMPLERS[key].accepts_warm_start])
class TestTaughtStudies:
    """Those that can be told of trials of other sweeps."""

    narrow = Space.model_validate({name: SPACE[name] for name in ("learning_rate", "dropout")})

    def make(self, engine: str, sampler: str, **more: Any) -> Study:
        others = undisturbed("optuna", "random")
        lessons = [(self.narrow.nearest(trial.point), finished(trial)) for trial in others]
        return make(engine, sampler, trials=2, space=self.narrow, warm_start=lessons, **more)

    def test_they_propose_better_points_from_the_start_and_again(self, engine: str, sampler: str) -> None:
        asked = run(self.make(engine, sampler), batch=1)
        assert [trial.number for trial in asked] == [0, 1]
        ignorant = sorted(objective(trial) for trial in undisturbed("optuna", "random"))
        assert max(map(objective, asked)) < ignorant[len(ignorant) // 2]
        assert run(self.make(engine, sampler), {0: asked[0].point}, batch=1) == asked

    def test_lessons_are_none_of_their_own_trials(self, engine: str, sampler: str) -> None:
        study = self.make(engine, sampler, first=[{"learning_rate": 0.05, "dropout": 0.5}])
        assert study.ask(1)[0].point == {**DEFAULT, "learning_rate": 0.05, "dropout": 0.5}
        assert study.importances() == {}


class TestOwnSamplers:
    """Samplers by their class."""

    @staticmethod
    def make(sampler: str, trials: int = TRIALS, **arguments: Any) -> Study:
        settings = {"sampler": sampler, "sampler_arguments": arguments, "trials": trials}
        return make_study(StudySettings.model_validate(settings), CONDITIONAL, DEFAULT, EPOCHS, "minimize")

    @pytest.mark.parametrize(
        ("sampler", "arguments"),
        [
            ("optuna.samplers:TPESampler", {"n_startup_trials": 5}),
            ("optuna.samplers:NSGAIIISampler", {"population_size": 6}),
        ],
    )
    def test_any_sampler_keeps_the_promises(self, sampler: str, arguments: dict[str, Any]) -> None:
        asked = TestConditionalSpaces.run(self.make(sampler, **arguments))
        assert [trial.number for trial in asked] == list(range(TRIALS))
        assert all(CONDITIONAL.admits(trial.point) for trial in asked)
        recorded = {trial.number: trial.point for trial in asked[:13]}
        assert TestConditionalSpaces.run(self.make(sampler, **arguments), recorded) == asked

    @pytest.mark.parametrize(
        ("sampler", "arguments", "message"),
        [
            ("optuna.samplers:NoSuch", {}, "has no attribute 'NoSuch'"),
            ("no_such.module:Name", {}, "No module named 'no_such'"),
            ("optuna.study:Study", {}, "expected a class that extends optuna.samplers.BaseSampler"),
            ("optuna.samplers:BruteForceSampler", {}, "cannot propose: FloatDistribution.step must be given"),
            ("optuna.samplers:TPESampler", {"n_startups": 5}, "unexpected keyword argument 'n_startups'"),
        ],
    )
    def test_what_cannot_be_made_is_refused(self, sampler: str, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            self.make(sampler, **arguments).ask(20)

    def test_a_gaussian_process_needs_pytorch(self) -> None:
        if find_spec("torch"):
            pytest.skip("it is installed")
        with pytest.raises(InputError, match="'gp' needs PyTorch, which is not installed: pip install torch"):
            make("optuna", "gp")


class TestHyperband:
    """KerasTuner's Hyperband keeps its meaning: epochs are its budget."""

    def test_a_promoted_configuration_goes_on_under_its_number(self) -> None:
        asked = run(make("keras_tuner", "hyperband"))
        again = [trial for trial in asked if trial.first_epoch]
        assert again
        first = {trial.number: trial for trial in asked if not trial.first_epoch}
        for trial in again:
            began = first[trial.number]
            assert trial.point == began.point
            assert trial.seed == began.seed
            assert trial.first_epoch < trial.last_epoch <= EPOCHS

    def test_the_better_part_of_a_rung_goes_on(self) -> None:
        asked = run(make("keras_tuner", "hyperband", trials=17), batch=100)
        # the first bracket of 9 epochs at factor 3: 9 configurations for 1 epoch, the best 3 for 3, the best for 9
        rungs = [[t for t in asked if t.number < 9 and t.last_epoch == epochs] for epochs in (1, 3, 9)]
        assert [len(rung) for rung in rungs] == [9, 3, 1]
        kept = sorted(rungs[0], key=objective)[:3]
        assert {trial.number for trial in rungs[1]} == {trial.number for trial in kept}


class TestOptunaHyperband:
    def test_brackets_are_the_same_after_resuming_where_the_sampler_repeats_itself(self) -> None:
        """Optuna chooses the bracket by its own number of the trial, which a rejected repetition must not shift."""
        space = Space.model_validate({"embedding_size": {"type": "int", "low": 1, "high": 24}})

        def verdicts(recorded: dict[int, Any]) -> list[Any]:
            settings = StudySettings(sampler="random", pruner="hyperband", trials=20)
            study = make_study(settings, space, DEFAULT, EPOCHS, "minimize")
            heard = []
            while trials := study.ask(4, recorded):
                for trial in trials:
                    going = [study.report(trial, epoch, [objective(trial)]) for epoch in range(EPOCHS)]
                    heard.append((trial.point, going))
                    study.tell(trial, finished(trial))
            return heard

        undisturbed = verdicts({})
        assert verdicts({number: point for number, (point, _) in enumerate(undisturbed[:12])}) == undisturbed
        assert not all(all(going) for _, going in undisturbed)


SEVERAL = [key for key in ENGINES if SAMPLERS[key].multi_objective]


class TestSeveralObjectives:
    def finished(self, trial: Trial) -> FinishedTrial:
        """What is small in the one is large in the other; every seventh trial was not measured in both."""
        value = objective(trial)
        beside = {} if trial.number % 7 == 6 else {"coverage": float(np.sin(9 * value))}
        return FinishedTrial(
            TrialState.COMPLETE, value, [value] * EPOCHS, beside, {"coverage": list(beside.values()) * EPOCHS}
        )

    def run(self, sampler: str, recorded: dict[int, Any], pruner: str = "none") -> list[tuple[Any, bool]]:
        settings = StudySettings.model_validate({"sampler": sampler, "trials": TRIALS, "batch": 5, "pruner": pruner})
        study = make_study(settings, SPACE, DEFAULT, EPOCHS, "minimize", further={"coverage": "maximize"})
        asked = []
        while trials := study.ask(5, recorded):
            for trial in trials:
                finished = self.finished(trial)
                curve = [(value, finished.beside.get("coverage", 0.0)) for value in finished.history]
                going = pruner == "none" or all(study.report(trial, epoch, each) for epoch, each in enumerate(curve))
                study.tell(trial, finished if going else FinishedTrial(TrialState.PRUNED, None))
                asked.append((trial.point, going))
        return asked

    @pytest.mark.parametrize(("_engine", "sampler"), SEVERAL)
    def test_are_searched_and_gone_on_with_exactly(self, _engine: str, sampler: str) -> None:
        whole = self.run(sampler, {})
        assert self.run(sampler, {number: point for number, (point, _) in enumerate(whole[:12])}) == whole
        assert sampler == "grid" or len(whole) == TRIALS

    def test_what_is_dominated_ends_and_the_same_again(self) -> None:
        whole = self.run("tpe", {}, "dominated")
        assert self.run("tpe", {number: point for number, (point, _) in enumerate(whole[:12])}, "dominated") == whole
        assert {going for _, going in whole} == {True, False}

    def test_tpe_learns_of_them(self) -> None:
        assert self.run("tpe", {})[1:12] != [(trial.point, True) for trial in undisturbed("optuna", "tpe")[1:12]]
