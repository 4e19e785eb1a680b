"""The protocol fingerprint: what must be equal before two metric values may be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from recsys.data.ratings import Ratings
from recsys.errors import InputError
from recsys.evaluation.objective import ObjectiveSettings
from recsys.evaluation.ranking import sample_size
from recsys.splitting.kinds import KINDS
from recsys.splitting.make import validation_kind
from recsys.splitting.part_settings import is_drawn
from recsys.splitting.settings import SplitSettings

DEFINITIONS = "2"
"""The version of the metrics' definitions and of the splits' algorithms, raised when a change moves any value."""


def protocol_parts(ratings: Ratings, split: SplitSettings, objective: ObjectiveSettings) -> dict[str, str]:
    """The parts of the fingerprint, keyed by name: the table and the settings that affect a metric's value.

    Settings that the kind of split does not use are left out.
    """
    validation, kind = split.validation, validation_kind(ratings, split)
    of_test, of_validation = KINDS[split.kind], KINDS[kind]
    parts: dict[str, Any] = {
        "data": ratings.digest,
        "scale": ratings.scale,
        "split.kind": split.kind,
        **{f"split.{key}": getattr(split, key) for key in of_test.keys},
        "split.validation.kind": kind,
        **{f"split.validation.{key}": getattr(validation, key) for key in of_validation.keys},
        "objective.clip": objective.clip,
        "objective.threshold": ratings.relevant_from(objective.threshold),
        "objective.k": objective.k,
        "definitions": DEFINITIONS,
    }
    if is_drawn(split, split.kind) or is_drawn(validation, kind):
        parts["split.seed"] = split.seed
    common = "repeats", "history", *of_test.options, *of_test.common, *of_validation.common
    parts |= {f"split.{key}": value for key, value in split.changed(common).items()}
    parts |= {f"split.validation.{key}": value for key, value in validation.changed(of_validation.options).items()}
    if size := sample_size(objective, ratings.catalogue):
        parts["objective.users"] = size
    if ratings.implicit:
        parts["data.feedback"] = "implicit"
    parts |= {
        f"data.min_{side}_ratings": least for side, least in zip(("user", "item"), ratings.core, strict=True) if least
    }
    return {name: json.dumps(value) for name, value in parts.items()}


def fingerprint(parts: Mapping[str, str]) -> str:
    """A hash of the parts, independent of their order: 16 hexadecimal characters."""
    text = json.dumps(dict(parts), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint_of_test(parts: Mapping[str, str]) -> str:
    """A hash of the parts that decide which ratings are the test part.

    It does not change with the objective or the validation split, which leave the test part as it is.
    """
    kind = json.loads(parts["split.kind"])
    keys = "kind", *KINDS[kind].keys, *KINDS[kind].options, *KINDS[kind].common, "repeats"
    names = ["data", *(f"split.{key}" for key in keys)]
    if KINDS[kind].drawn and not {"split.at", "split.last"} & parts.keys():  # a time leaves nothing to draw
        names.append("split.seed")
    return fingerprint({name: parts[name] for name in names if name in parts})


def differing_parts(a: Mapping[str, str], b: Mapping[str, str]) -> list[str]:
    """A sentence for each part in which two protocols differ, by name; empty if they are comparable."""
    names = sorted(name for name in {*a, *b} if a.get(name) != b.get(name))
    return [f"{name} is {a.get(name, 'not set')} in one and {b.get(name, 'not set')} in the other" for name in names]


def check_comparable(protocols: Mapping[str, Mapping[str, str]]) -> None:
    """Check that sweeps have the same protocol.

    Args:
        protocols: The parts of each sweep's protocol, keyed by the sweep's name.

    Raises:
        InputError: Two protocols differ; the message names the differing parts.
    """
    (first, parts), *others = protocols.items()
    for name, theirs in others:
        if what := differing_parts(parts, theirs):
            raise InputError(f"{first} and {name} cannot be compared: {'; '.join(what)}")
