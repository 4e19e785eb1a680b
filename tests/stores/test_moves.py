"""Tests of projects that were moved, renamed or copied: store, artifacts, data and champion are found."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.artifacts import list_artifacts

from recsys.errors import InputError, NotFoundError
from recsys.store.address import sqlite_uri
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.listing import list_sweeps
from recsys.workflows.comparison.report import report
from recsys.workflows.promotion.champions import history, rollback
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.resume import resume
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend
from recsys.workflows.setup.relocate import relocate

EXPERIMENT = """
[data]
source = "data/ratings.csv"
titles = { path = "data/titles.csv", item = "item", title = "title" }

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


@dataclass(frozen=True)
class Project:
    """A folder with data, an experiment, and a store that has one sweep and its champion."""

    folder: Path

    @property
    def uri(self) -> str:
        return sqlite_uri(self.folder / "mlruns" / "mlflow.db")

    @property
    def data(self) -> Path:
        return self.folder / "data" / "ratings.csv"

    @property
    def experiment(self) -> Path:
        return self.folder / "small.toml"


def write_ratings(file: Path, noise: float = 0.3) -> None:
    """1,500 ratings of rank one, so that a model beats the baselines."""
    rng = np.random.default_rng(4)
    users, items = rng.normal(size=60), rng.normal(size=40)
    pairs = rng.choice(60 * 40, 1500, replace=False)
    rows = [f"{p // 40},{p % 40},{3 + users[p // 40] * items[p % 40] + noise * rng.normal():.2f}" for p in pairs]
    file.write_text("user,item,rating\n" + "\n".join(rows) + "\n", encoding="utf-8")


def made(folder: Path, *, promoted: bool = True) -> Project:
    """A project as a person makes it."""
    (folder / "data").mkdir(parents=True)
    project = Project(folder)
    write_ratings(project.data)
    titles = "\n".join(f"{item},Film {item}" for item in range(40))
    (folder / "data" / "titles.csv").write_text(f"item,title\n{titles}\n", encoding="utf-8")
    project.experiment.write_text(EXPERIMENT, encoding="utf-8")
    sweep(project.experiment, name="first", tracking_uri=project.uri)
    if promoted:
        promote("first", tracking_uri=project.uri, accept_baseline_loss="a drill")
    return project


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One with a champion."""
    return made(tmp_path_factory.mktemp("moves") / "before")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One without."""
    return made(tmp_path_factory.mktemp("moves") / "swept", promoted=False)


@pytest.fixture
def moved(original: Project, tmp_path: Path) -> Iterator[Project]:
    """The project, renamed: nothing is left where it was."""
    away = original.folder.with_name("away")
    shutil.copytree(original.folder, tmp_path / "after")
    original.folder.rename(away)
    yield Project(tmp_path / "after")
    shutil.rmtree(original.folder, ignore_errors=True)
    away.rename(original.folder)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def weights(project: Project) -> dict[str, np.ndarray]:
    store = MlflowStore(project.uri)
    record = store.open_sweep("first").records()[0]
    return {str(key): np.asarray(value) for key, value in store.weights(record.run_id).items()}


@pytest.mark.slow
class TestAMovedProject:
    def test_every_command_finds_its_files(self, moved: Project, original: Project) -> None:
        said: list[str] = []
        board = compare("first", tracking_uri=moved.uri, reporter=said.append)
        assert board.rows[0].interval is not None  # which needs the weights and the data
        assert [line for line in said if str(original.folder) in line and "recsys relocate" in line] == [said[0]]
        assert len(weights(moved)) > 0
        assert report("first", output=moved.folder / "page.html", tracking_uri=moved.uri)
        given = recommend(1, n=3, tracking_uri=moved.uri)
        assert [item.title for item in given.items] == [f"Film {item.item}" for item in given.items]
        assert [event.action for event in history(tracking_uri=moved.uri)] == ["promoted"]
        again = promote("first", tracking_uri=moved.uri, accept_baseline_loss="a drill")
        assert not again.promoted  # it was compared with itself
        assert not original.folder.exists()

    def test_a_sweep_goes_on_and_a_new_one_begins_where_it_is_now(self, moved: Project, original: Project) -> None:
        resume("first", trials=4, tracking_uri=moved.uri)
        sweep(moved.experiment, name="second", tracking_uri=moved.uri)
        sweep(None, from_="first", name="third", tracking_uri=moved.uri)
        assert not original.folder.exists()
        client = MlflowClient(moved.uri)
        for name in ("second", "third"):
            run = client.get_run(MlflowStore(moved.uri).find(name).run_id)
            assert run.info.artifact_uri.startswith(moved.folder.as_uri())  # where MLflow's own pages look
        stored = tomllib.loads(MlflowStore(moved.uri).header("third").experiment)
        assert stored["data"]["source"] == str(moved.data)
        assert [row.trial for row in compare("first", tracking_uri=moved.uri).rows if row.interval is not None]
        assert promote("second", replace="a drill", accept_baseline_loss="a drill", tracking_uri=moved.uri).version == 2
        assert rollback("a drill", tracking_uri=moved.uri).version == 1
        assert recommend(1, tracking_uri=moved.uri).items

    def test_mlflows_own_pages_find_the_files_once_it_is_relocated(self, moved: Project, original: Project) -> None:
        run_id = MlflowStore(moved.uri).find("first").run_id
        client = MlflowClient(moved.uri)
        assert client.list_artifacts(run_id) == []
        counted = relocate(original.folder, moved.folder, dry_run=True, tracking_uri=moved.uri)
        assert client.list_artifacts(run_id) == []
        done = relocate(original.folder, moved.folder, tracking_uri=moved.uri)
        assert (counted.changed, counted.written, done.written) == (done.changed, False, True)
        assert done.changed["stored experiments"] == 1
        assert {file.path for file in client.list_artifacts(run_id)} >= {"experiment.toml", "summary.json"}
        source = client.get_model_version_download_uri("ratings", "1")
        assert [file.path for file in list_artifacts(source)]
        with sqlite3.connect(moved.folder / "mlruns" / "mlflow.db") as database:
            assert str(original.folder) not in "\n".join(database.iterdump()).replace("%20", " ")
        with sqlite3.connect(str(done.backup)) as database:
            assert str(original.folder) in "\n".join(database.iterdump())
        said: list[str] = []
        compare("first", tracking_uri=moved.uri, reporter=said.append)
        assert not [line for line in said if "relocate" in line]

    def test_what_was_relocated_back_is_as_it_was(self, moved: Project, original: Project) -> None:
        def rows() -> list[str]:
            with sqlite3.connect(moved.folder / "mlruns" / "mlflow.db") as database:
                return sorted(database.iterdump())

        before = rows()
        relocate(original.folder, moved.folder, tracking_uri=moved.uri)
        assert rows() != before
        relocate(moved.folder, original.folder, tracking_uri=moved.uri)
        assert rows() == before


class TestACopiedProject:
    @pytest.mark.slow
    def test_leaves_the_other_as_it_is(self, original: Project, tmp_path: Path) -> None:
        shutil.copytree(original.folder, tmp_path / "copy")
        copy, before = Project(tmp_path / "copy"), snapshot(original.folder)
        resume("first", trials=3, tracking_uri=copy.uri)
        sweep(copy.experiment, name="second", trials=1, tracking_uri=copy.uri)
        promote("second", replace="a drill", accept_baseline_loss="a drill", tracking_uri=copy.uri)
        assert snapshot(original.folder) == before
        assert [summary.name for summary in list_sweeps(tracking_uri=original.uri)] == ["first"]

    def test_of_which_only_the_database_was_copied_reads_the_files_where_they_are(
        self, swept: Project, tmp_path: Path
    ) -> None:
        shutil.copy(swept.folder / "mlruns" / "mlflow.db", tmp_path / "mlflow.db")
        said: list[str] = []
        uri = sqlite_uri(tmp_path / "mlflow.db")
        assert compare("first", tracking_uri=uri, reporter=said.append).rows[0].interval is not None
        assert not [line for line in said if "relocate" in line]


class TestDataThatMoved:
    @pytest.fixture
    def parted(self, swept: Project, tmp_path: Path) -> tuple[Project, Path]:
        """The project, and its data, which are elsewhere now."""
        project = Project(tmp_path / "project")
        shutil.copytree(swept.folder, project.folder)
        relocate(swept.folder, project.folder, tracking_uri=project.uri)
        elsewhere = tmp_path / "elsewhere"
        (project.folder / "data").rename(elsewhere)
        return project, elsewhere

    def test_are_asked_for_by_the_line_to_write(self, parted: tuple[Project, Path]) -> None:
        project, _ = parted
        for command in (compare, resume, promote):
            with pytest.raises(
                InputError, match=rf"'first': its data are not at {project.data} any more.*recsys reloc"
            ):
                command("first", tracking_uri=project.uri)

    def test_are_named_to_resume_and_known_to_every_later_command(self, parted: tuple[Project, Path]) -> None:
        project, elsewhere = parted
        places = [f"data.source={elsewhere / 'ratings.csv'}", f"data.titles.path={elsewhere / 'titles.csv'}"]
        assert resume("first", overrides=places, tracking_uri=project.uri).best is not None
        assert compare("first", tracking_uri=project.uri).rows[0].interval is not None

    def test_are_refused_where_they_are_others(self, parted: tuple[Project, Path]) -> None:
        project, elsewhere = parted
        before = MlflowStore(project.uri).header("first")
        write_ratings(elsewhere / "ratings.csv", noise=0.5)
        places = [f"data.source={elsewhere / 'ratings.csv'}", f"data.titles.path={elsewhere / 'titles.csv'}"]
        with pytest.raises(InputError, match="cannot be resumed: data"):
            resume("first", overrides=places, tracking_uri=project.uri)
        assert MlflowStore(project.uri).header("first") == before

    def test_nothing_else_of_a_sweep_is_set(self, parted: tuple[Project, Path]) -> None:
        with pytest.raises(InputError, match=r"--set study.seed: .*only data.source and data.titles.path"):
            resume("first", overrides=["study.seed=3"], tracking_uri=parted[0].uri)

    def test_are_relocated_as_a_folder(self, parted: tuple[Project, Path]) -> None:
        project, elsewhere = parted
        done = relocate(project.folder / "data", elsewhere, tracking_uri=project.uri)
        assert {what: count for what, count in done.changed.items() if count} == {"stored experiments": 1}
        assert compare("first", tracking_uri=project.uri).rows[0].interval is not None


def test_a_place_that_the_store_does_not_name_is_refused_with_those_that_it_does(swept: Project) -> None:
    before = snapshot(swept.folder)
    with pytest.raises(NotFoundError, match=rf"recorded at /nowhere; its artifacts are at .*{swept.folder.name}"):
        relocate("/nowhere", "/there", tracking_uri=swept.uri)
    for old, new in (("/", "/there"), (swept.folder, swept.folder)):
        with pytest.raises(InputError, match="expected two places"):
            relocate(old, new, tracking_uri=swept.uri)
    assert snapshot(swept.folder) == before


READING: list[Callable[..., object]] = [
    lambda uri: compare("first", tracking_uri=uri),
    lambda uri: resume("first", tracking_uri=uri),
    lambda uri: promote("first", tracking_uri=uri),
    lambda uri: recommend(1, tracking_uri=uri),
    lambda uri: history(tracking_uri=uri),
    lambda uri: rollback("a drill", tracking_uri=uri),
    lambda uri: list_sweeps(tracking_uri=uri),
    lambda uri: relocate("/a", "/b", tracking_uri=uri),
    lambda uri: report("first", tracking_uri=uri),
]


@pytest.mark.parametrize("place", range(len(READING)))
def test_no_command_that_reads_makes_a_store_where_there_is_none(
    place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError, match=f"no store at {tmp_path}/typo/mlflow.db: recsys sweep makes one"):
        READING[place](f"sqlite:///{tmp_path}/typo/mlflow.db")
    assert list(tmp_path.iterdir()) == []
