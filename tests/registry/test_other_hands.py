"""Tests of models that MLflow's own API has copied or renamed, and of a registry in another store."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mlflow import MlflowClient

from recsys.errors import InputError
from recsys.registry.history import Event, owners
from recsys.registry.mlflow_registry import ALIAS, MlflowRegistry
from recsys.store.address import registry_uri
from recsys.store.artifacts import files_of
from recsys.workflows.promotion.champions import history, registry_of


@pytest.fixture
def registry(store_uri: str) -> MlflowRegistry:
    return MlflowRegistry(store_uri)


@pytest.fixture
def client(store_uri: str) -> MlflowClient:
    return MlflowClient(store_uri, store_uri)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    package = tmp_path / "model" / "artifacts" / "package"
    package.mkdir(parents=True)
    (package / "card.md").write_text("# a card", encoding="utf-8")
    return tmp_path / "model"


def card(registry: MlflowRegistry, model: str) -> str:
    with registry.champion_files(model) as package:
        return (package / "card.md").read_text(encoding="utf-8")


class TestACopiedModel:
    def test_has_the_files_of_the_version_that_it_was_copied_from(
        self,
        registry: MlflowRegistry,
        client: MlflowClient,
        folder: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        client.copy_model_version("models:/films@champion", "films-production")
        client.copy_model_version("models:/films-production/1", "films-abroad")
        for model in ("films-production", "films-abroad"):
            client.set_registered_model_alias(model, ALIAS, "1")
            assert card(registry, model) == "# a card"
        assert list((tmp_path / "elsewhere").iterdir()) == []  # no store was made there

    def test_keeps_them_where_the_store_was_moved(
        self, registry: MlflowRegistry, client: MlflowClient, folder: Path, tmp_path: Path
    ) -> None:
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        client.copy_model_version("models:/films@champion", "films-production")
        client.set_registered_model_alias("films-production", ALIAS, "1")
        (tmp_path / "after").mkdir()
        for name in ("mlflow.db", "artifacts"):
            shutil.move(tmp_path / name, tmp_path / "after" / name)
        moved = MlflowRegistry(f"sqlite:///{tmp_path}/after/mlflow.db")
        for model in ("films", "films-production"):
            assert card(moved, model) == "# a card"
        assert moved.register("films", folder, {}).version == 2
        assert not (tmp_path / "artifacts").exists()

    def test_may_have_been_registered_by_hand_from_a_run(
        self, registry: MlflowRegistry, client: MlflowClient, folder: Path
    ) -> None:
        run = client.create_run(client.create_experiment("by hand", (folder.parent / "artifacts" / "by_hand").as_uri()))
        files_of(client, run).log_artifacts(str(folder), "model")
        client.create_registered_model("films")
        client.create_model_version("films", f"runs:/{run.info.run_id}/model")
        client.set_registered_model_alias("films", ALIAS, "1")
        assert card(registry, "films") == "# a card"


class TestARenamedModel:
    def test_keeps_its_history_and_its_earlier_champions(
        self, registry: MlflowRegistry, client: MlflowClient, folder: Path
    ) -> None:
        first = registry.register("films", folder, {})
        registry.register_champion(first, "one", {})
        registry.note("films", "refused", first, "no better", {})
        registry.register_champion(registry.register("films", folder, {}), "two", {})
        client.rename_registered_model("films", "movies")
        assert [event.reason for event in registry.history("movies")] == ["one", "no better", "two"]
        assert registry.history("films") == []
        assert registry.past_names() == ["movies"]
        assert registry.chosen(None) == "movies"
        assert registry.rollback("movies", "oops").version == 1
        assert [event.action for event in registry.history("movies")][-1] == "rolled back"
        assert card(registry, "movies") == "# a card"

    def test_is_not_taken_for_a_new_one_of_its_old_name(
        self, registry: MlflowRegistry, client: MlflowClient, folder: Path
    ) -> None:
        registry.note("films", "refused", None, "too early", {})
        registry.register_champion(registry.register("films", folder, {}), "old", {})
        client.rename_registered_model("films", "movies")
        registry.register_champion(registry.register("films", folder, {}), "new", {})
        assert [event.reason for event in registry.history("movies")] == ["too early", "old"]
        assert [event.reason for event in registry.history("films")] == ["new"]
        with pytest.raises(InputError, match="no earlier champion"):
            registry.rollback("films", "oops")


def event(version: int | None, created: int | None) -> Event:
    return Event(datetime.now(UTC), "promoted", version, "", {}, created)


def test_an_event_is_of_the_model_that_has_its_version_or_else_that_of_the_next_event_of_its_name() -> None:
    finished = [("a", event(None, None)), ("a", event(1, 10)), ("b", event(1, 10)), ("a", event(None, None))]
    assert owners(finished, {(1, 10): "c"}) == ["c", "c", "c", "a"]
    assert owners(finished, {}) == ["a", "a", "b", "a"]
    assert owners(finished, {(1, 11): "c"}) == ["a", "a", "b", "a"]


class TestARegistryOfItsOwn:
    @pytest.fixture
    def other(self, fresh_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        (tmp_path / "champions").mkdir()
        shutil.copy(fresh_database, tmp_path / "champions" / "mlflow.db")
        uri = f"sqlite:///{tmp_path}/champions/mlflow.db"
        monkeypatch.setenv("MLFLOW_REGISTRY_URI", uri)
        return uri

    def test_is_the_one_that_mlflows_variable_names(self, other: str, store_uri: str, folder: Path) -> None:
        registry = registry_of(store_uri)
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        assert MlflowClient(store_uri, other).get_model_version_by_alias("films", ALIAS).version == 1
        assert MlflowClient(store_uri, store_uri).search_registered_models() == []
        assert [event.reason for event in history(tracking_uri=store_uri)] == ["it is the first"]
        assert card(registry_of(store_uri), "films") == "# a card"

    def test_is_that_of_the_sweeps_where_it_names_none(self, store_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
        assert registry_uri(store_uri) == store_uri

    def test_is_refused_where_it_is_of_no_kind_that_can_be_used(
        self, store_uri: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLFLOW_REGISTRY_URI", "databricks-uc")
        with pytest.raises(InputError, match="databricks-uc: expected sqlite"):
            registry_of(store_uri)
