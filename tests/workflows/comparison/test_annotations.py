"""Tests of notes, tags and lists: MLflow shows annotations, and searches find them."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient
from rich.console import Console

from recsys.cli.views.results import show_leaderboard, show_sweeps
from recsys.errors import InputError, NotFoundError
from recsys.tracking.annotations import NO_WORDS, Annotations
from recsys.tracking.mlflow.store import MlflowStore
from recsys.workflows.comparison.annotations import note, tag
from recsys.workflows.comparison.compare import compare
from recsys.workflows.comparison.listing import list_sweeps
from recsys.workflows.comparison.show import show
from recsys.workflows.search.run_study import SweepResult


def best_run(swept: SweepResult) -> str:
    assert swept.best is not None
    return swept.best.run_id


def shown(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


@pytest.fixture
def console() -> Console:
    from io import StringIO

    return Console(file=StringIO(), width=300)


class TestWords:
    def test_a_note_replaces_the_one_before_and_is_mlflows_description(
        self, swept_uri: str, swept: SweepResult
    ) -> None:
        for name in ("small", best_run(swept)):
            assert note(name, tracking_uri=swept_uri) == NO_WORDS
            note(name, "first", tracking_uri=swept_uri)
            assert note(name, "**second** try", tracking_uri=swept_uri).note == "**second** try"
        for run_id in (swept.run_id, best_run(swept)):
            description = MlflowClient(swept_uri).get_run(run_id).data.tags["mlflow.note.content"]
            assert description.startswith("**second** try")
            assert ("recsys compare small" in description) == (run_id == swept.run_id)
            assert show(run_id, tracking_uri=swept_uri).details["note"] == "**second** try"
        assert note("small", remove=True, tracking_uri=swept_uri) == NO_WORDS
        assert "recsys compare small" in MlflowClient(swept_uri).get_run(swept.run_id).data.tags["mlflow.note.content"]
        assert "note" not in show("small", tracking_uri=swept_uri).details

    def test_tags_are_set_changed_and_taken_away(self, swept_uri: str) -> None:
        tag("small", ["team=blue", "for whom=a = b"], tracking_uri=swept_uri)
        said = tag("small", {"team": "red", "new": "1"}, remove=["for whom"], tracking_uri=swept_uri)
        assert said == Annotations("", {"team": "red", "new": "1"})
        assert show("small", tracking_uri=swept_uri).details["tags"] == "new=1, team=red"

    def test_what_is_set_in_mlflows_own_pages_counts_too(self, swept_uri: str, swept: SweepResult) -> None:
        MlflowClient(swept_uri).set_tag(swept.run_id, "by hand", "yes")
        assert tag("small", tracking_uri=swept_uri).tags == {"by hand": "yes"}

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (["recsys.state=FAILED"], "does not begin with recsys"),
            (["mlflow.runName=x"], "does not begin with recsys"),
            (["=x"], "expected a name"),
            (["a"], "expected key=value"),
            (["a="], "expected 1 to 5,000 characters, not 0"),
            (["a=" + "x" * 5001], "not 5,001"),
        ],
    )
    def test_what_is_no_tag_is_refused(self, given: list[str], said: str, swept_uri: str) -> None:
        with pytest.raises(InputError, match=said):
            tag("small", ["good=1", *given], tracking_uri=swept_uri)
        assert tag("small", tracking_uri=swept_uri) == NO_WORDS

    def test_what_is_not_there_cannot_be_taken_away_or_noted(self, swept_uri: str) -> None:
        tag("small", ["team=blue"], tracking_uri=swept_uri)
        with pytest.raises(InputError, match=r"small: no tag 'tema': it has team"):
            tag("small", remove=["tema"], tracking_uri=swept_uri)
        with pytest.raises(InputError, match="small: no note"):
            note("small", remove=True, tracking_uri=swept_uri)
        with pytest.raises(NotFoundError, match="did you mean small"):
            note("smal", "x", tracking_uri=swept_uri)

    def test_a_leaderboard_says_them_below(self, swept_uri: str, swept: SweepResult, console: Console) -> None:
        note("small", "for the [bold]talk", tracking_uri=swept_uri)
        tag(best_run(swept), ["keep=yes"], tracking_uri=swept_uri)
        board = compare("small", top=1, tracking_uri=swept_uri)
        show_leaderboard(console, board, 1)
        assert "small: for the [bold]talk\n" in shown(console)
        assert f"small, trial {board.rows[0].trial}: keep=yes\n" in shown(console)


class TestList:
    @pytest.fixture
    def uri(self, swept_uri: str) -> str:
        """A store with sweeps that differ, of which one alone was trained."""
        from dataclasses import replace

        store = MlflowStore(swept_uri)
        header = store.header("small")
        made = {
            "older-2": {"file": "older", "data_name": "books", "metric": "ndcg", "direction": "maximize"},
            "best": {"file": "best", "experiment": header.experiment.replace('kind = "mf"', 'kind = "nnmf"')},
            "lists": {"file": "older", "metric": "ndcg", "direction": "maximize"},
        }
        for name, changes in made.items():
            run = store.create_sweep(replace(header, name=name, **changes), None)  # type: ignore[arg-type]
            for value in {"older-2": [0.2], "best": [0.1], "lists": [0.4]}[name]:
                store._client.log_metric(run.run_id, "best_so_far", value)
        tag("best", ["team=blue"], tracking_uri=swept_uri)
        return swept_uri

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({}, {"lists", "best", "older-2", "small"}),
            ({"data": "books"}, {"older-2"}),
            ({"model": "mf"}, {"lists", "older-2", "small"}),
            ({"model": "*mf"}, {"lists", "best", "older-2", "small"}),
            ({"experiment": "old*"}, {"lists", "older-2"}),
            ({"state": "Finished"}, {"small"}),
            ({"metric": "ndcg", "data": "synthetic"}, {"lists"}),
            ({"tags": ["team"]}, {"best"}),
            ({"tags": ["team=red"]}, set()),
        ],
    )
    def test_all_that_is_given_is_true_of_what_is_found(
        self, wanted: dict[str, str], found: set[str], uri: str
    ) -> None:
        assert {each.name for each in list_sweeps(**wanted, tracking_uri=uri)} == found  # type: ignore[arg-type]

    def test_they_stand_in_the_order_that_is_wanted(self, uri: str) -> None:
        orders = {sort: [each.name for each in list_sweeps(sort=sort, tracking_uri=uri)] for sort in ("value", "name")}
        assert orders == {"value": ["lists", "older-2", "best", "small"], "name": ["best", "lists", "older-2", "small"]}
        started = [each.started for each in list_sweeps(tracking_uri=uri)]
        assert started == sorted(started, reverse=True)

    def test_words_stand_beside_what_they_are_of(self, uri: str, console: Console) -> None:
        show_sweeps(console, list_sweeps(tracking_uri=uri))
        head, *rows = shown(console).splitlines()
        assert head.split()[-1] == "words"
        assert [row.split()[0] for row in rows if "team=blue" in row] == ["best"]

    @pytest.mark.parametrize(("wanted", "said"), [({"state": "done"}, "state 'done'"), ({"sort": "age"}, "sort 'age'")])
    def test_what_there_is_not_is_refused(self, wanted: dict[str, str], said: str) -> None:
        with pytest.raises(InputError, match=said):
            list_sweeps(**wanted)  # type: ignore[arg-type]
