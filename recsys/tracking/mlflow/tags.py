"""Write a sweep's header and a trial's record as tags, and read exactly the same back.

MLflow's parameters are strings, and its metrics are for people to look at. A resumed sweep depends on JSON in tags,
which restores integers, floats (also NaN and infinities), strings and truth values exactly.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from recsys import DISTRIBUTION
from recsys.errors import StoreError, shown
from recsys.tracking.annotations import RESERVED, Annotations
from recsys.tracking.tracker import Header, Recorded
from recsys.training.trial import FinishedTrial, Result, Trial, TrialState

_CHUNK = 5000
"""MLflow takes tags of up to 8,000 characters, MLflow servers before version 2.11 of 5,000."""

HEADER, SWEEP, TRIAL, SEED, POINT, STATE, REASON, TOLD, KEPT, WORKED, STOP, STOPPED, FRONT = (
    f"recsys.{name}"
    for name in (
        *("header", "sweep", "trial", "seed", "point", "state", "reason", "told", "weights"),
        *("worked", "stop", "stopped", "front"),
    )
)
INTERRUPTED = "INTERRUPTED"
NOTE = "mlflow.note.content"
"""The tag that MLflow's pages show as a run's description: a person's note, then `MARK` and the suite's text."""
MARK = "<!-- recsys -->"


def write_tag(key: str, document: object) -> dict[str, str]:
    """The document as JSON in one tag, or in several (`key`, `key.1`, …) if it is long."""
    text = json.dumps(document)
    chunks = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    return {key if i == 0 else f"{key}.{i}": chunk for i, chunk in enumerate(chunks)}


def read_tag(tags: Mapping[str, str], key: str) -> Any:
    """Read the document that `write_tag` wrote; None if there is none."""
    if key not in tags:
        return None
    chunks = [tags[key]]
    while (chunk := tags.get(f"{key}.{len(chunks)}")) is not None:
        chunks.append(chunk)
    # a shorter document may have replaced a longer one, whose last tags are still there
    return json.JSONDecoder().raw_decode("".join(chunks))[0]


def header_tags(header: Header) -> dict[str, str]:
    """The tags of a sweep's run, by which it can be found, shown and resumed."""
    document = {**asdict(header), "protocol": dict(header.protocol), "tags": dict(header.tags)}
    return {
        **header.tags,
        **{f"recsys.protocol.{key}": value[:_CHUNK] for key, value in header.protocol.items()},
        "recsys.fingerprint": header.fingerprint,
        "recsys.kind": header.kind,
        "recsys.data": header.data_name,
        "recsys.metric": header.metric,
        SWEEP: header.name,
        **write_tag(HEADER, document),
    }


def read_header(tags: Mapping[str, str]) -> Header:
    """Read the header of a sweep's run.

    Raises:
        StoreError: The header is damaged, or a later version of the suite wrote it.
    """
    name = f"sweep {shown(repr(tags.get(SWEEP, '')))}"
    try:
        document = read_tag(tags, HEADER) or {}
        later = sorted(document.keys() - {field.name for field in fields(Header)})
        header = None if later else _header(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StoreError(f"{name}: its header is damaged: {shown(where)}: {first['msg']}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"{name}: its header is damaged: {shown(error)}") from None
    if header is None:
        version = tags.get(f"recsys.version.{DISTRIBUTION}", "of an unknown version")
        raise StoreError(
            f"{name}: a later recsys ({shown(version)}) wrote it: its header has {shown(', '.join(later))}, which this "
            "version does not know; use that one"
        )
    return header


def _header(document: dict[str, Any]) -> Header:
    header: Header = _HEADERS.validate_python({**document, "further": tuple(document.get("further", ()))})
    tomllib.loads(header.experiment)
    return header


_HEADERS = TypeAdapter(Header)


def trial_tags(trial: Trial) -> dict[str, str]:
    """The tags of a trial's run when it is created."""
    return {TRIAL: str(trial.number), SEED: str(trial.seed), **write_tag(POINT, dict(trial.point))}


def finished_tags(result: Result, finished: FinishedTrial) -> dict[str, str]:
    """The tags of a trial's run when it ends. They count only after the run was terminated."""
    document = {
        "state": finished.state,
        "value": finished.value,
        "history": list(finished.history),
        "seconds": result.seconds,
        "best_epoch": result.best_epoch,
        "values": dict(result.values),
        "beside": dict(finished.beside),
        "curves": {name: list(curve) for name, curve in finished.curves.items()},
    }
    return {STATE: finished.state, REASON: result.reason[:_CHUNK], **write_tag(TOLD, document)}


def read_record(run_id: str, tags: Mapping[str, str], *, terminated: bool) -> Recorded:
    """Read a trial's record; `finished` is None unless the run was terminated, when everything is written.

    Raises:
        StoreError: The record is damaged.
    """
    try:
        return _record(run_id, tags, terminated=terminated)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"run {run_id}: the record of this trial is damaged: {shown(repr(error))}") from None


def _record(run_id: str, tags: Mapping[str, str], *, terminated: bool) -> Recorded:
    point = {name: tuple(v) if isinstance(v, list) else v for name, v in read_tag(tags, POINT).items()}
    number, seed = int(tags[TRIAL]), int(tags[SEED])
    words = annotations_of(tags)
    if not terminated or tags.get(STATE) not in set(TrialState):
        return Recorded(number, point, seed, run_id, finished=None, words=words)
    end = read_tag(tags, TOLD)
    curves = {name: tuple(curve) for name, curve in end.get("curves", {}).items()}
    finished = FinishedTrial(
        TrialState(end["state"]), end["value"], tuple(end["history"]), end.get("beside", {}), curves
    )
    cut = finished.state is TrialState.COMPLETE and bool(tags.get(REASON))
    return Recorded(number, point, seed, run_id, finished, end["seconds"], end["best_epoch"], end["values"], cut, words)


def annotations_of(tags: Mapping[str, str]) -> Annotations:
    """The note and tags of a run, whether set by this suite's commands or in MLflow's pages."""
    own = {name: value for name, value in tags.items() if not name.startswith(RESERVED)}
    return Annotations(tags.get(NOTE, "").partition(MARK)[0].strip(), own)


def noted(description: str, note: str) -> str:
    """Replace the note in a description; the suite's part, from `MARK` on, stays."""
    _, mark, own = description.partition(MARK)
    return f"{note}\n\n{mark}{own}".strip() if mark else note
