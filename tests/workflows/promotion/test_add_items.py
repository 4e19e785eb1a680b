"""Tests of adding items to a champion, and of recommending them, from files to the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from recsys.cli.entry import app
from recsys.errors import InputError, NotFoundError, shown
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.workflows.promotion.add_items import add_items
from recsys.workflows.promotion.champions import history, rollback
from recsys.workflows.promotion.promote import promote
from recsys.workflows.search.sweep import sweep
from recsys.workflows.serving.recommend import recommend

USERS, ITEMS = 40, 30
EXPERIMENT = """
[data]
source = "ratings.csv"

[data.titles]
path = "titles.csv"

[data.items]
path = "items.csv"
types = { genres = "categories" }
features = ["genres"]

[data.users]
path = "users.csv"
features = ["gender", "age"]

[split]
kind = "random"

[model]
kind = "mf"

[point]
embedding_size = 3
solver = "als"
loss = "mean_squared_error"

[space]
l2 = { type = "float", low = 0.05, high = 0.1, scale = "log" }

[study]
trials = 1

[training]
epochs = 4

[promotion]
name = "films"
"""
GENRES = ["drama", "comedy", "comedy|drama", "war", "war|drama"]


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> str:
    """A store with a champion that knows items by genres, and users by gender and age."""
    folder = tmp_path_factory.mktemp("films")
    shutil.copy(fresh_database, folder / "mlflow.db")
    random = np.random.default_rng(3)
    lines = [
        f"{user},{item},{min(5, 1 + (user + item) % 3 + 2 * (item % 5 == user % 5))}"
        for user in range(USERS)
        for item in range(ITEMS)
        if random.random() < 0.5
    ]
    (folder / "ratings.csv").write_text("\n".join(["user,item,rating", *lines]), encoding="utf-8")
    items = [f"{item},{GENRES[item % 5]}" for item in range(ITEMS)]
    (folder / "items.csv").write_text("\n".join(["item,genres", *items]), encoding="utf-8")
    titles = [f"{item},Film {item}" for item in range(ITEMS)]
    (folder / "titles.csv").write_text("\n".join(["item,title", *titles]), encoding="utf-8")
    users = [f"{user},{'FM'[user % 2]},{20 + user % 17}" for user in range(USERS)]
    (folder / "users.csv").write_text("\n".join(["user,gender,age", *users]), encoding="utf-8")
    (folder / "films.toml").write_text(EXPERIMENT, encoding="utf-8")
    address = f"sqlite:///{folder / 'mlflow.db'}"
    sweep(folder / "films.toml", tracking_uri=address, name="films")
    promoted = promote("films", tracking_uri=address, accept_baseline_loss="for a test")
    assert promoted.version == 1
    return address


def table(folder: Path, text: str) -> Path:
    path = folder / "new.csv"
    path.write_text(text, encoding="utf-8")
    return path


def said(*words: str, code: int = 0) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return done.output


def test_a_version_with_more_items_is_the_champion_until_it_is_rolled_back(uri: str, tmp_path: Path) -> None:
    before = recommend(7, n=3, tracking_uri=uri)
    path = table(tmp_path, "item,title,genres,studio\n100,One,comedy|drama,A\n101,,western,B\n102,Three,war,A\n")
    notes: list[str] = []
    added = add_items("films", path, tracking_uri=uri, reporter=notes.append)
    assert (added.model, added.version, added.extends, added.items, added.described) == ("films", 2, 1, 3, 2)
    assert notes == [
        f"{path}: not used: column studio",
        f"{path}: column 'genres': 1 categories are not known, such as 'western': left out",
        f"{path}: nothing is known of 1 of 3 items",
    ]
    last = history(tracking_uri=uri)[-1]
    assert (last.action, last.version, last.reason) == ("extended", 2, "adds 3 items to version 1")
    registry = MlflowRegistry(uri)
    champion = registry.required_champion("films")
    card = registry.file(champion, "card.md")
    assert card.splitlines()[0] == "# films"
    assert card.splitlines()[2].startswith(
        "This version adds 3 items to version 1, which it knows by their features alone: 100, 101, 102."
    )
    assert "## Test" in card
    assert champion.tags["recsys.added_items"] == "3"
    everything = {each.item: each for each in recommend(7, n=100, tracking_uri=uri).items}
    assert everything.keys() >= {100, 101, 102}
    assert (everything[100].title, everything[101].title) == ("One", None)
    assert {each.item: everything[each.item].rating for each in before.items} == {
        each.item: pytest.approx(each.rating, abs=1e-5) for each in before.items
    }
    mixed = recommend(7, n=6, new_share=0.3, tracking_uri=uri).items
    assert sum(bool(each.new) for each in mixed) >= 2
    assert rollback("too early", tracking_uri=uri).version == 1
    assert {each.item for each in recommend(7, n=100, tracking_uri=uri).items} <= set(range(ITEMS))


def test_the_command_line_says_what_python_returns(uri: str, tmp_path: Path) -> None:
    path = table(tmp_path, "item,genres\n200,war\n201,comedy\n")
    shown = said("add-items", "films", str(path), "--tracking-uri", uri)
    assert "films: version 3, now the champion, adds 2 items to version 1" in shown
    assert "adds 2 items to version 1" in said("history", "--tracking-uri", uri)
    person = {"gender": "F", "age": 31}
    words = ["recommend", "--user-features", json.dumps(person), "-n", "4", "--new-share", "0.25", "--json"]
    document = json.loads(said(*words, "--tracking-uri", uri))
    expected = recommend(user_features=person, n=4, new_share=0.25, tracking_uri=uri)
    assert not expected.fallback
    assert [each["item"] for each in document["items"]] == [each.item for each in expected.items]
    assert [each["new"] for each in document["items"]] == [each.new for each in expected.items]
    assert "new" in said("recommend", "7", "--new-share", "0.5", "--tracking-uri", uri)
    rollback("for the next test", tracking_uri=uri)


MISTAKES: dict[str, tuple[str, str]] = {
    "of the catalogue": (
        "item,genres\n3,war\n300,war\n",
        "1 of 2 items are in the catalogue already, such as 3: leave them out",
    ),
    "twice": ("item,genres\n300,war\n300,war\n", "{path}: column 'item': ids are there twice, such as 300"),
    "no ids": ("item,genres\n,war\n300,war\n", "{path}: column 'item': 1 of 2 rows have no id"),
    "of another type": (
        "item,genres\nx1,war\n",
        "{path}: column 'item': the champion's ids are whole numbers, and these are such as 'x1'",
    ),
    "no features": (
        "item,studio\n300,A\n",
        "{path}: no column is a feature of the champion's items, which are genres",
    ),
    "no column of ids": (
        "film,studio,genres\n300,A,war\n",
        "{path}: no column is known to hold the ids: name it with --id; there are 'film', 'studio', 'genres'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_table_that_cannot_be_added_is_refused(mistake: str, uri: str, tmp_path: Path) -> None:
    text, message = MISTAKES[mistake]
    path = table(tmp_path, text)
    before = history(tracking_uri=uri)
    with pytest.raises(InputError) as caught:
        add_items("films", path, tracking_uri=uri)
    assert str(caught.value) == message.format(path=path)
    assert history(tracking_uri=uri) == before


def test_a_column_of_ids_can_be_named(uri: str, tmp_path: Path) -> None:
    path = table(tmp_path, "film,studio,genres\n300,A,war\n")
    assert add_items("films", path, id_column="film", tracking_uri=uri).items == 1
    rollback("for the next test", tracking_uri=uri)
    with pytest.raises(InputError) as caught:
        add_items("films", path, id_column="movie", tracking_uri=uri)
    assert str(caught.value) == f"{path}: no column 'movie'; there are 'film', 'studio', 'genres'; --id names it"


@pytest.mark.parametrize("words", ["{bad", "[1]", "null", "[" * 100_000], ids=["text", "list", "null", "too deep"])
def test_features_of_a_person_are_a_json_object(words: str, uri: str) -> None:
    done = CliRunner().invoke(app, ["recommend", "--user-features", words, "--tracking-uri", uri])
    assert str(done.exception) == f"--user-features {shown(words)}: expected a JSON object, such as '{{\"age\": 30}}'"


@pytest.mark.parametrize(
    ("name", "file", "message"),
    [
        ("films", "nothing.csv", "{path}: no such file or folder"),
        ("music", "new.csv", "the model 'music' has no champion; models with one: films"),
    ],
)
def test_a_champion_and_a_file_must_exist(name: str, file: str, message: str, uri: str, tmp_path: Path) -> None:
    table(tmp_path, "item,genres\n400,war\n")
    with pytest.raises(NotFoundError) as caught:
        add_items(name, tmp_path / file, tracking_uri=uri)
    assert str(caught.value) == message.format(path=tmp_path / file)


def test_wrong_features_of_a_person_are_refused(uri: str) -> None:
    def refused(**given: Any) -> str:
        with pytest.raises(InputError) as caught:
            recommend(tracking_uri=uri, **given)
        return str(caught.value)

    assert refused(user_features={"sex": "F"}) == ("user_features: no column 'sex'; there are 'gender', 'age'")
    assert refused(user_features={"age": "old"}) == (
        "user_features: column 'age': 1 value is not numeric, such as 'old': expected numbers; leave the cell empty if "
        "there is none"
    )
    assert refused(user=7, new_share=2.0) == "new_share = 2.0: expected a number from 0 to 1"
