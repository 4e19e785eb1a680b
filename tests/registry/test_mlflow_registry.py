"""Tests of the registry: it has one champion and a complete history, and versions own their files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from at_once import at_once
from mlflow.exceptions import MlflowException

from recsys.errors import InputError, NotFoundError, StoreError
from recsys.registry.history import Version
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry


@pytest.fixture
def registry(store_uri: str) -> MlflowRegistry:
    return MlflowRegistry(store_uri)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Stands for a model's folder: the registry copies files and never looks into them."""
    package = tmp_path / "model" / "artifacts" / "package"
    package.mkdir(parents=True)
    (package / "card.md").write_text("# a card", encoding="utf-8")
    return tmp_path / "model"


class TestChampions:
    def test_there_is_none_before_the_first(self, registry: MlflowRegistry) -> None:
        assert registry.champion("films") is None
        assert registry.names() == []
        with pytest.raises(NotFoundError, match="films"):
            registry.required_champion("films")

    def test_one_is_chosen_by_name_or_because_there_is_no_other(self, registry: MlflowRegistry, folder: Path) -> None:
        with pytest.raises(NotFoundError, match="no champion yet"):
            registry.chosen(None)
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        assert registry.chosen(None) == registry.chosen("films") == "films"
        registry.register_champion(registry.register("books", folder, {}), "so is this", {})
        assert registry.chosen("books") == "books"
        with pytest.raises(InputError, match="--model: books, films"):
            registry.chosen(None)

    def test_the_crowned_version_bears_the_alias_and_is_in_the_history(
        self, registry: MlflowRegistry, folder: Path
    ) -> None:
        first = registry.register("films", folder, {"k": "v"}, "# a card")
        registry.register_champion(first, "it is the first", {"rmse": 0.9})
        assert registry.champion("films") == first
        (event,) = registry.history("films")
        assert (event.action, event.version, event.reason) == ("promoted", 1, "it is the first")
        assert event.numbers == {"rmse": 0.9}

    def test_a_version_owns_its_files(self, registry: MlflowRegistry, folder: Path) -> None:
        version = registry.register("films", folder, {})
        registry.register_champion(version, "it is the first", {})
        (folder / "artifacts" / "package" / "card.md").unlink()
        assert registry.file(version, "card.md") == "# a card"
        with registry.champion_files("films") as package:
            assert (package / "card.md").read_text(encoding="utf-8") == "# a card"
            assert not package.is_relative_to(folder)
        with pytest.raises(NotFoundError, match=r"no recipes\.json"):
            registry.file(version, "recipes.json")

    def test_a_refusal_leaves_the_champion(self, registry: MlflowRegistry, folder: Path) -> None:
        champion = registry.register("films", folder, {})
        registry.register_champion(champion, "it is the first", {})
        registry.note("films", "refused", champion, "no better", {})
        assert [event.action for event in registry.history("films")] == ["promoted", "refused"]
        assert registry.required_champion("films").version == 1

    def test_rolling_back_goes_one_champion_back_each_time(self, registry: MlflowRegistry, folder: Path) -> None:
        for reason in ("one", "two", "three"):
            registry.register_champion(registry.register("films", folder, {}), reason, {})
        assert registry.rollback("films", "oops").version == 2
        assert registry.rollback("films", "oops again").version == 1
        with pytest.raises(InputError, match="no earlier champion"):
            registry.rollback("films", "and again")

    def test_all_of_them_are_named_whatever_their_number(
        self, registry: MlflowRegistry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one_a_page = partial(registry._client.search_registered_models, max_results=1)
        monkeypatch.setattr(registry._client, "search_registered_models", one_a_page)
        for name in ("films", "books", "songs"):
            registry._client.create_registered_model(name)
            registry._client.create_model_version(name, "file:///nowhere")
            registry._client.set_registered_model_alias(name, "champion", "1")
        assert sorted(registry.names()) == ["books", "films", "songs"]

    def test_a_model_whose_alias_was_taken_away_has_none(self, registry: MlflowRegistry, folder: Path) -> None:
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        registry._client.delete_registered_model_alias("films", "champion")
        assert registry.champion("films") is None

    @pytest.mark.parametrize("name", ["o'clock", "a/b", 'say "x"', ""])
    def test_what_is_no_name_is_refused_before_anything_happens(self, registry: MlflowRegistry, name: str) -> None:
        for ask in (registry.champion, registry.history, lambda name: registry.lock(name).__enter__()):
            with pytest.raises(InputError, match=r"model name .* expected .* none of"):
                ask(name)

    def test_models_do_not_mix(self, registry: MlflowRegistry, folder: Path) -> None:
        registry.register_champion(registry.register("films", folder, {}), "it is the first", {})
        registry.register_champion(registry.register("books", folder, {}), "it is the first", {})
        assert sorted(registry.names()) == ["books", "films"]
        assert len(registry.history("films")) == 1


class Broken:
    """A client whose store cannot be reached, and which tells everybody its password."""

    tracking_uri = "sqlite:///mlflow.db"

    def __getattr__(self, name: str) -> Callable[..., None]:
        def fail(*_words: object, **_more: object) -> None:
            raise MlflowException("cannot reach postgresql://me:s3cret@host/db")

        return fail


ASKS: list[Callable[[MlflowRegistry, Version, Path], object]] = [
    lambda registry, _version, _folder: registry.names(),
    lambda registry, _version, _folder: registry.champion("films"),
    lambda registry, _version, _folder: registry.history("films"),
    lambda registry, _version, folder: registry.register("films", folder, {}),
    lambda registry, version, _folder: registry.register_champion(version, "", {}),
    lambda registry, _version, _folder: registry.note("films", "refused", None, "", {}),
    lambda registry, _version, _folder: registry.rollback("films", ""),
]


@pytest.mark.parametrize("ask", ASKS)
def test_a_store_that_fails_is_told_without_its_password_and_is_not_taken_for_an_empty_one(
    ask: Callable[[MlflowRegistry, Version, Path], object], registry: MlflowRegistry, folder: Path
) -> None:
    registry._client = Broken()  # type: ignore[assignment]
    with pytest.raises(StoreError, match="cannot reach") as caught:
        ask(registry, Version("films", 1, {}, None), folder)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_so_is_the_ledger_of_openings(store_uri: str) -> None:
    ledger = MlflowAccessLog(store_uri)
    ledger._client = Broken()  # type: ignore[assignment]
    for ask in (lambda: ledger.record("abc", "run", "why"), lambda: ledger.openings("abc")):
        with pytest.raises(StoreError, match="cannot reach"):
            ask()


def test_a_damaged_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"this is no database" * 100)
    for kind in (MlflowRegistry, MlflowAccessLog):
        with pytest.raises(StoreError, match="not a database"):
            kind(f"sqlite:///{tmp_path / 'mlflow.db'}")


def _promote(uri: str, folder: str, name: str) -> None:
    registry = MlflowRegistry(uri)
    with registry.lock("films"):
        registry.register_champion(registry.register("films", Path(folder), {}), name, {})


def _race(registry: MlflowRegistry, folder: Path, rounds: int) -> None:
    """Four promotions at once, again and again, each in a process of its own."""
    registry.names()  # the store is there
    for done in range(rounds):
        assert at_once(_promote, [(registry.uri, str(folder), f"racer {n}") for n in range(4)]) == [0] * 4
        history = registry.history("films")
        assert sorted(event.version for event in history) == list(range(1, 4 * (done + 1) + 1))  # type: ignore[type-var]
        assert registry.required_champion("films").version == history[-1].version


def test_simultaneous_promotions_leave_one_champion_and_a_whole_history(registry: MlflowRegistry, folder: Path) -> None:
    _race(registry, folder, 1)


@pytest.mark.slow
def test_simultaneous_promotions_do_so_every_time(registry: MlflowRegistry, folder: Path) -> None:
    _race(registry, folder, 20)
