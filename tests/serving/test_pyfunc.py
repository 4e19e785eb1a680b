"""Tests that the registered model needs no files outside its folder."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import uvicorn
from serving_samples import ITEMS, USERS

from recsys.errors import InputError
from recsys.serving.ports import listening
from recsys.serving.recommender import Recommender
from recsys.serving.server import scoring_app

_ASK = """
import sys, warnings
import mlflow.pyfunc, pandas as pd
warnings.simplefilter("error", UserWarning)
model = mlflow.pyfunc.load_model(sys.argv[1])
rated = model.predict(pd.DataFrame({"user": ["u00", "u01", "x"], "item": [10, 7, 10]}))
print(rated.to_json(orient="records"))
top = model.predict(pd.DataFrame({"user": ["u00", "x"], "n": [2, 2]}))
print(top.to_json(orient="records"))
less = model.predict(pd.DataFrame({"user": ["u00"], "n": [1], "exclude": [[int(top["item"][0])]]}))
print(less.to_json(orient="records"))
import recsys
print(recsys.__file__)
"""


@pytest.fixture(scope="module")
def answers(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the model answers in a process of its own, in another folder, with no other code of the project."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    # -S and -I would take the libraries away too: the project's own code is what must not be found
    code = "import sys; sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in str(f)]\n" + _ASK
    done = subprocess.run(
        [sys.executable, "-c", code, str(model_folder)], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_rates_pairs_and_knows_what_it_does_not_know(answers: list[str], recommender: Recommender) -> None:
    known, outside, stranger = json.loads(answers[0])
    assert known["rating"] == pytest.approx(recommender.rate(["u00"], [10])["rating"][0], abs=1e-5)
    assert outside["rating"] is None
    assert stranger["fallback"]


def test_it_gives_top_n_with_titles_and_leaves_out_what_it_is_told_to(
    answers: list[str], recommender: Recommender
) -> None:
    top = [row for row in json.loads(answers[1]) if row["user"] == "u00"]
    assert [row["item"] for row in top] == [found.item for found in recommender.recommend("u00", 2).items]
    assert top[0]["title"] == f"Film {top[0]['item']}"
    assert [row["item"] for row in json.loads(answers[2])] == [top[1]["item"]]


def test_its_code_is_the_folders_own(answers: list[str], model_folder: Path) -> None:
    assert Path(answers[3]).is_relative_to(model_folder)


def test_it_says_what_it_takes_and_needs(model_folder: Path) -> None:
    import mlflow

    info = mlflow.models.get_model_info(str(model_folder))
    assert info.signature.inputs is None  # no type of MLflow's says what a row may be
    assert info.signature.outputs.input_names() == ["user", "item", "rating", "fallback", "rank", "title", "new"]
    needs = (model_folder / "requirements.txt").read_text(encoding="utf-8")
    assert all(re.fullmatch(r"[a-z]+==[\w.]+", line) for line in needs.split())
    assert not list(model_folder.rglob("*.pkl"))


@pytest.fixture(scope="module")
def app_address(recommender: Recommender) -> Iterator[str]:
    """The scoring app on a free port; gives the address of its invocations."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever asks too early waits
        server = uvicorn.Server(uvicorn.Config(scoring_app(recommender), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/invocations"
        server.should_exit = True
        thread.join(30)


@pytest.mark.parametrize("host", ["127.0.0.1:5001", "localhost"])
def test_a_served_champion_answers_to_this_machines_names(
    host: str, app_address: str, recommender: Recommender
) -> None:
    rows = {"dataframe_records": [{"user": USERS[0], "item": ITEMS[0]}, {"user": "x", "item": 7}]}
    rated = _post(app_address, rows, Host=host)
    assert rated[0]["rating"] == pytest.approx(recommender.rate([USERS[0]], [ITEMS[0]])["rating"][0], abs=1e-5)
    assert rated[1]["rating"] is None


def test_a_served_champion_answers_to_no_other_name(app_address: str) -> None:
    with pytest.raises(HTTPError) as caught:
        _post(app_address, {"dataframe_records": [{"user": USERS[0]}]}, Host="evil.example:5001")
    assert (caught.value.code, caught.value.read()) == (400, b"Invalid host header")


def test_what_the_model_does_not_take_is_refused_as_by_the_registered_one(app_address: str) -> None:
    with pytest.raises(HTTPError) as caught:
        _post(app_address, {"dataframe_records": [{"item": ITEMS[0]}]})
    assert caught.value.code == 400
    assert "row 1: neither a user nor a history" in caught.value.read().decode()


def test_a_port_that_is_taken_is_refused() -> None:
    with (
        listening(0) as taken,
        pytest.raises(InputError, match=r"--port \d+: Address already in use; name another"),
        listening(taken.getsockname()[1]),
    ):
        pass


def _post(address: str, document: Any, **headers: str) -> Any:
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(address, json.dumps(document).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.loads(response.read(), parse_constant=lambda text: pytest.fail(f"{text} is not JSON"))
    return answer["predictions"]
