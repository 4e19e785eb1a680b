"""The study protocol: one class of promises that every engine and sampler keeps."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from recsys.spaces.space import Space
from recsys.studies.make import make_study
from recsys.studies.study import Study, StudySettings
from recsys.training.trial import State, Told, Trial

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
ENGINES = [
    ("optuna", "tpe"),
    ("optuna", "random"),
    ("optuna", "grid"),
    ("keras_tuner", "random"),
    ("keras_tuner", "bayesian"),
    ("keras_tuner", "hyperband"),
    ("keras_tuner", "grid"),
]


def make(engine: str, sampler: str, *, trials: int = TRIALS, seed: int = 0, space: Space = SPACE) -> Study:
    settings = StudySettings.model_validate(
        {"engine": engine, "sampler": sampler, "trials": trials, "seed": seed, "batch": 5}
    )
    return make_study(settings, space, DEFAULT, EPOCHS, "minimize")


def objective(trial: Trial) -> float:
    """A smooth bowl, the better the longer a trial is trained."""
    point: Any = trial.point
    return (
        abs(point["learning_rate"] - 0.01) * 10 + point["dropout"] + 0.01 * point["embedding_size"] / trial.last_epoch
    )


def told(trial: Trial) -> Told:
    return Told(State.COMPLETE, objective(trial), [objective(trial)] * trial.last_epoch)


def run(study: Study, recorded: dict[int, Any] | None = None, batch: int = 5, most: int = 1000) -> list[Trial]:
    asked: list[Trial] = []
    while len(asked) < most and (trials := study.ask(batch, recorded or {})):
        asked += trials
        for trial in trials:
            study.tell(trial, told(trial))
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
                study.tell(trial, Told(State.FAILED, None))
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
                study.tell(trial, Told(State.COMPLETE, float(trial.point["dropout"])))  # type: ignore[arg-type]
        assert sorted(points.values()) == [0.0, 0.1, 0.2]  # type: ignore[type-var]


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
                    going = [study.report(trial, epoch, objective(trial)) for epoch in range(EPOCHS)]
                    heard.append((trial.point, going))
                    study.tell(trial, told(trial))
            return heard

        undisturbed = verdicts({})
        assert verdicts({number: point for number, (point, _) in enumerate(undisturbed[:12])}) == undisturbed
        assert not all(all(going) for _, going in undisturbed)
