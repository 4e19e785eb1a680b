"""Tests that a sweep with a damaged or newer header does not affect other sweeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient
from tracking_samples import make_header, make_trial

from recsys.data.ratings import Catalogue
from recsys.errors import StoreError
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.mlflow.tags import HEADER, POINT, header_tags
from recsys.workflows.comparison.listing import list_sweeps
from recsys.workflows.comparison.show import show
from recsys.workflows.search.sweep import sweep

WHOLE = json.loads(header_tags(make_header("odd"))[HEADER])
DAMAGED = {
    "none at all": (None, "header is damaged: name: Field required"),
    "no JSON": ("{not json", "header is damaged: Expecting property name"),
    "cut off": (json.dumps(WHOLE)[:90], "header is damaged: Unterminated string"),
    "a list": ("[1, 2]", "header is damaged"),
    "no name": (
        json.dumps({key: value for key, value in WHOLE.items() if key != "name"}),
        "damaged: name: Field required",
    ),
    "another type": (json.dumps({**WHOLE, "trials": "many"}), "damaged: trials: Input should be a valid integer"),
    "no TOML": (json.dumps({**WHOLE, "experiment": "[data"}), "header is damaged: Expected"),
    "a later version": (
        json.dumps({**WHOLE, "colour": "red"}),
        r"a later recsys \(.*\) wrote it: its header has colour, which this version does not know",
    ),
}


@pytest.fixture(params=DAMAGED)
def odd(request: pytest.FixtureRequest, store: MlflowStore, catalogue: Catalogue) -> str:
    """Beside a whole sweep there is one whose header is odd; what is said of it."""
    store.create_sweep(make_header("whole"), catalogue)
    tracker = store.create_sweep(make_header("odd"), catalogue)
    value, said = DAMAGED[request.param]
    client = MlflowClient(store.uri)
    client.delete_tag(tracker.run_id, HEADER)
    if value is not None:
        client.set_tag(tracker.run_id, HEADER, value)
    return said


class TestAnOddSweep:
    def test_is_left_out_and_named_in_one_line(self, odd: str, store: MlflowStore) -> None:
        said: list[str] = []
        assert [summary.name for summary in list_sweeps(tracking_uri=store.uri, reporter=said.append)] == ["whole"]
        (line,) = said
        assert line.startswith("left out: sweep 'odd': ")
        assert "\n" not in line

    def test_says_what_is_wrong_where_it_is_asked_for(self, odd: str, store: MlflowStore) -> None:
        for ask in (store.header, store.summary, store.open_sweep, lambda name: show(name, tracking_uri=store.uri)):
            with pytest.raises(StoreError, match=f"^sweep 'odd': .*{odd}"):
                ask("odd")
        assert show("whole", tracking_uri=store.uri).name == "whole"

    def test_keeps_its_name_and_can_be_deleted(self, odd: str, store: MlflowStore) -> None:
        assert store.names() == {"odd", "whole"}
        store.delete("odd")
        assert store.names() == {"whole"}


def test_a_sweep_without_a_name_begins_beside_an_odd_one(
    store: MlflowStore, catalogue: Catalogue, tmp_path: Path
) -> None:
    tracker = store.create_sweep(make_header("small"), catalogue)
    MlflowClient(store.uri).set_tag(tracker.run_id, HEADER, "{}")
    (tmp_path / "small.toml").write_text(
        '[data]\nsource = "synthetic"\nsynthetic = { users = 30, items = 20, ratings = 300 }\n[model]\nkind = "mf"\n'
        '[space]\nlearning_rate = { type = "float", low = 1e-3, high = 1e-2 }\n'
        "[study]\ntrials = 1\n[training]\nepochs = 1\n",
        encoding="utf-8",
    )
    assert sweep(tmp_path / "small.toml", tracking_uri=store.uri).sweep == "small-2"


def test_a_damaged_trial_is_named(store: MlflowStore, catalogue: Catalogue) -> None:
    tracker = store.create_sweep(make_header(), catalogue)
    tracker.start([make_trial(0)])
    run_id = tracker.records()[0].run_id
    for value in ("{", "[1]", "null"):
        MlflowClient(store.uri).set_tag(run_id, POINT, value)
        with pytest.raises(StoreError, match=f"run {run_id}: the record of this trial is damaged"):
            store.open_sweep("first").records()
