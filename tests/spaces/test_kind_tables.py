"""Tables of a space, each with the parameters of one kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recsys.spaces.kind_tables import KIND, flattened, named, nested
from recsys.spaces.space import Space

NAMES = st.sampled_from(["l2", "dropout", "embedding_size"])
RANGES = st.builds(
    lambda low, more: {"type": "float", "low": low, "high": low + more}, st.floats(0, 1), st.floats(0.1, 1)
)
TABLES = st.dictionaries(st.sampled_from(["mf", "mlp", "ease"]), st.dictionaries(NAMES, RANGES, min_size=1), min_size=1)


def space_of(tables: dict[str, Any]) -> dict[str, Any]:
    """A space over the kinds of the tables."""
    return {KIND: {"type": "choice", "values": sorted(tables)}, **tables}


@given(TABLES)
def test_a_space_is_written_as_it_was_read(tables: dict[str, Any]) -> None:
    written = space_of(tables)
    assert nested(flattened(written)) == written
    assert flattened(flattened(written)) == flattened(written)
    assert Space.model_validate(Space.model_validate(written).model_dump(exclude_none=True)) == Space.model_validate(
        written
    )


@given(TABLES, st.data())
def test_a_point_of_a_kind_has_the_parameters_of_its_table(tables: dict[str, Any], data: Any) -> None:
    space = Space.model_validate(space_of(tables))
    kind = data.draw(st.sampled_from(sorted(tables)))
    point = {KIND: kind, **{name: each["low"] for name, each in tables[kind].items()}}
    assert set(space.active(point)) == {KIND, *(f"{kind}.{name}" for name in tables[kind])}
    assert space.admits(point)
    assert space.part(point) == named(point, space.root)
    assert space.nearest(point) == space.part(space.part(point))


@given(TABLES, st.data())
def test_the_space_of_a_kind_is_its_table(tables: dict[str, Any], data: Any) -> None:
    kind = data.draw(st.sampled_from(sorted(tables)))
    own = Space.model_validate(space_of(tables)).with_fixed({KIND: kind}).with_own_names()
    assert own == Space.model_validate(tables[kind])


def test_conditions_within_a_table_are_on_its_own_parameters() -> None:
    table = {
        "loss": {"type": "choice", "values": ["softmax", "bpr"]},
        "negatives": {"type": "int", "low": 1, "high": 9, "when": {"loss": "bpr"}},
    }
    space = Space.model_validate(space_of({"mf": table, "mlp": {"loss": table["loss"]}}))
    assert space["mf.negatives"].when == {KIND: "mf", "mf.loss": "bpr"}
    assert space.active({KIND: "mf", "loss": "bpr"}) == [KIND, "mf.loss", "mf.negatives"]
    assert space.active({KIND: "mlp", "loss": "bpr"}) == [KIND, "mlp.loss"]
    assert nested(flattened(space_of({"mf": table}))) == space_of({"mf": table})


def test_one_name_for_two_parameters_of_a_kind_is_refused() -> None:
    number = {"type": "float", "low": 0.0, "high": 1.0}
    space = Space.model_validate({**space_of({"mf": {"l2": number}}), "l2": {**number, "when": {KIND: "mf"}}})
    with pytest.raises(ValueError, match="l2 is there twice for one kind; leave one of them out"):
        space.with_fixed({KIND: "mf"}).with_own_names()


@pytest.mark.parametrize("written", [{"mf": {}}, {"mf": {"l2": 3}}, {"mf": 3}, 3])
def test_what_is_no_table_of_parameters_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        Space.model_validate(written)
