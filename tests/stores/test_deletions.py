"""Tests with entries deleted in MLflow's UI: commands work or name the remedy, and never open the test in vain."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from recsys.errors import RecsysError
from recsys.evaluation.protocol import fingerprint_of_test
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.listing import list_sweeps
from recsys.workflows.comparison.show import delete, show
from recsys.workflows.promotion.champions import history, rollback
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.resume import resume
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.export import export
from recsys.workflows.serving.recommend import recommend

EXPERIMENT = """
[data]
source = "synthetic"
synthetic = { users = 60, items = 40, ratings = 1500, noise = 0.2 }

[model]
kind = "mf"

[space]
learning_rate = { type = "float", low = 2e-2, high = 4e-2 }

[point]
embedding_size = 4
batch_size = 128

[study]
trials = 2
batch = 2

[training]
epochs = 25
"""
Deletion = Callable[[MlflowClient], object]


@dataclass(frozen=True)
class Home:
    """A store with two sweeps, of which both were promoted, the second for a reason."""

    folder: Path
    experiment: Path
    fingerprint: str
    runs: dict[str, str]
    """Ids of runs by what they are."""

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.folder / 'mlflow.db'}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("deletions")
    (folder / "small.toml").write_text(EXPERIMENT, encoding="utf-8")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    for name in ("first", "second"):
        sweep(folder / "small.toml", name=name, tracking_uri=uri, seed=3)
    promote("first", tracking_uri=uri)
    promote("second", tracking_uri=uri, replace="a drill")
    store, client = MlflowStore(uri), MlflowClient(uri)
    fingerprint = fingerprint_of_test(store.header("first").protocol)
    runs = {
        f"the {run.info.run_name} run of {experiment.name}, {place}": run.info.run_id
        for experiment in client.search_experiments()
        for place, run in enumerate(client.search_runs([experiment.experiment_id]))
    }
    return Home(folder, folder / "small.toml", fingerprint, runs)


@pytest.fixture
def uri(home: Home, tmp_path: Path) -> str:
    """A copy of the store's database; the files are where they are, for MLflow deletes none."""
    shutil.copy(home.folder / "mlflow.db", tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def experiment_deleted(name: str) -> Deletion:
    return lambda client: client.delete_experiment(client.get_experiment_by_name(name).experiment_id)


def version_deleted(number: int) -> Deletion:
    return lambda client: client.delete_model_version("synthetic", str(number))


def works_or_says(command: Callable[[], object]) -> bool:
    """Whether the command worked; where it did not, it said in one line what is the matter."""
    message = None
    try:
        command()
    except RecsysError as error:
        message = str(error)
    assert message is None or (message.isprintable() and 10 < len(message) < 1000)
    return message is None


def check_reading(home: Home, uri: str) -> None:
    """Commands that only look."""
    for name in ("first", "second", *home.runs.values()):
        works_or_says(lambda name=name: show(name, tracking_uri=uri))
    assert works_or_says(lambda: list_sweeps(tracking_uri=uri))
    for command in (compare, export_of):
        works_or_says(lambda command=command: command("first", tracking_uri=uri))
    assert works_or_says(lambda: history(tracking_uri=uri))
    works_or_says(lambda: recommend(1, tracking_uri=uri))


def export_of(name: str, *, tracking_uri: str) -> object:
    return export(name, tracking_uri.removesuffix(".db") + "_studies.db", tracking_uri=tracking_uri)


def check_promoting(home: Home, uri: str) -> None:
    """Commands that open the test part."""
    for dry_run in (True, False):
        before = looks(home, uri)
        worked = works_or_says(lambda dry_run=dry_run: promote("second", tracking_uri=uri, dry_run=dry_run))
        assert looks(home, uri) == before + worked


def looks(home: Home, uri: str) -> int:
    return len(MlflowAccessLog(uri).openings(home.fingerprint))


def check_changing(home: Home, uri: str) -> None:
    """Commands that bring back, go on, and remove."""
    if works_or_says(lambda: rollback("a test", tracking_uri=uri)):
        assert works_or_says(lambda: recommend(1, tracking_uri=uri))
    works_or_says(lambda: resume("first", tracking_uri=uri))
    works_or_says(lambda: delete("first", tracking_uri=uri))
    assert "first" not in {summary.name for summary in list_sweeps(tracking_uri=uri)}
    assert works_or_says(lambda: sweep(home.experiment, name="first", trials=1, tracking_uri=uri))


FEW: dict[str, Deletion] = {
    "the promotions": experiment_deleted("promotions"),
    "the test openings": experiment_deleted("test openings"),
    "the sweeps": experiment_deleted("synthetic"),
    "the champion": version_deleted(2),
    "the champion before": version_deleted(1),
    "the model": lambda client: client.delete_registered_model("synthetic"),
}


@pytest.mark.slow
class TestEveryDeletion:
    @pytest.mark.parametrize("what", FEW)
    def test_of_an_experiment_or_a_version_leaves_commands_that_work_or_say_what_to_do(
        self, what: str, home: Home, uri: str
    ) -> None:
        before = looks(home, uri)
        FEW[what](MlflowClient(uri))
        assert looks(home, uri) == before
        check_reading(home, uri)
        check_promoting(home, uri)
        check_changing(home, uri)

    def test_of_a_run_does_so_too(self, home: Home, uri: str, tmp_path: Path) -> None:
        assert len(home.runs) > 10
        for place, run_id in enumerate(home.runs.values()):
            path = tmp_path / f"{place}.db"
            shutil.copy(home.folder / "mlflow.db", path)
            copy = f"sqlite:///{path}"
            MlflowClient(copy).delete_run(run_id)
            assert looks(home, copy) == looks(home, uri)
            check_reading(home, copy)
            check_promoting(home, copy)
            check_changing(home, copy)


@pytest.mark.slow
class TestWhatWasDeleted:
    def test_promotions_and_openings_go_on_in_the_restored_experiments(self, home: Home, uri: str) -> None:
        FEW["the promotions"](MlflowClient(uri))
        FEW["the test openings"](MlflowClient(uri))
        assert [event.action for event in history(tracking_uri=uri)] == ["promoted", "replaced"]
        assert looks(home, uri) == 2
        promote("second", tracking_uri=uri)
        assert [event.action for event in history(tracking_uri=uri)] == ["promoted", "replaced", "refused"]
        assert looks(home, uri) == 3

    def test_a_name_of_a_deleted_sweep_is_free_and_the_deleted_stay_deleted(self, home: Home, uri: str) -> None:
        FEW["the sweeps"](MlflowClient(uri))
        with pytest.raises(RecsysError, match=r"'first': not in the store; .* experiments restore --experiment-id \d+"):
            show("first", tracking_uri=uri)
        sweep(home.experiment, name="first", trials=1, tracking_uri=uri)
        assert [summary.name for summary in list_sweeps(tracking_uri=uri)] == ["first"]

    def test_a_deleted_sweep_or_trial_is_said_to_be_so(self, home: Home, uri: str) -> None:
        store = MlflowStore(uri)
        parent, trial = store.find("first").run_id, store.open_sweep("first").records()[0].run_id
        for run_id in (parent, trial):
            MlflowClient(uri).delete_run(run_id)
            with pytest.raises(RecsysError, match=f"deleted, which mlflow runs restore --run-id {run_id} undoes"):
                show(run_id, tracking_uri=uri)

    def test_a_rollback_goes_past_a_deleted_version(self, home: Home, uri: str) -> None:
        promote("first", tracking_uri=uri, replace="a drill")
        version_deleted(2)(MlflowClient(uri))
        assert rollback("a test", tracking_uri=uri).version == 1
        with pytest.raises(RecsysError, match="no earlier champion"):
            rollback("again", tracking_uri=uri)

    def test_a_model_made_again_has_no_champions_of_the_one_before(self, home: Home, uri: str) -> None:
        FEW["the model"](MlflowClient(uri))
        with pytest.raises(RecsysError, match=r"no champion any more .* synthetic"):
            recommend(1, tracking_uri=uri)
        assert promote("second", tracking_uri=uri).version == 1
        with pytest.raises(RecsysError, match="no earlier champion"):
            rollback("a test", tracking_uri=uri)

    def test_files_that_are_gone_are_said_to_be_so(self, home: Home, uri: str, tmp_path: Path) -> None:
        registry = MlflowRegistry(uri)
        version = registry.required_champion("synthetic")
        registry._client.set_registered_model_alias("synthetic", "champion", "1")
        moved = registry._client.create_model_version("synthetic", (tmp_path / "nowhere").as_uri())
        registry._client.set_registered_model_alias("synthetic", "champion", moved.version)
        with pytest.raises(RecsysError, match=r"version 3 are gone from the store: promote .* rollback"):
            recommend(1, tracking_uri=uri)
        before = looks(home, uri)
        with pytest.raises(RecsysError, match="--replace"):
            promote("first", tracking_uri=uri)
        assert looks(home, uri) == before
        assert rollback("the files are gone", tracking_uri=uri).version == version.version
