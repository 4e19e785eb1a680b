"""Tests of the order of champions after promotions, refusals, rollbacks and deletions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recsys.registry.history import Event, Version, earlier_champions, succession


def event(action: Any, version: int | None, created: int | None = None) -> Event:
    return Event(datetime.now(UTC), action, version, "", {}, created)


def version(number: int, created: int = 0) -> Version:
    return Version("films", number, {}, None, created)


@given(st.lists(st.sampled_from(["promoted", "replaced", "refused", "rolled back"]), max_size=12))
def test_each_promotion_adds_a_champion_and_each_rollback_takes_the_latest_away(actions: list[str]) -> None:
    line: list[int] = []
    events: list[Event] = []
    for number, action in enumerate(actions, start=1):
        if action in ("promoted", "replaced"):
            line.append(number)
        elif action == "rolled back":
            if len(line) < 2:
                continue
            line.pop()
        events.append(event(action, line[-1] if line else None))
    assert [each.version for each in succession(events)] == line
    present = version(line[-1]) if line else None
    assert [each.version for each in earlier_champions(events, present)] == line[-2::-1]


PROMOTED = [event("promoted", number) for number in (1, 2, 3)]


def test_a_rollback_past_a_deleted_version_is_followed_by_the_one_before_it() -> None:
    events = [*PROMOTED, event("rolled back", 1)]
    assert [each.version for each in succession(events)] == [1]
    assert earlier_champions(events, version(1)) == []


def test_where_the_champion_itself_was_deleted_the_one_before_it_is_next() -> None:
    assert [each.version for each in earlier_champions(PROMOTED, None)] == [2, 1]


def test_an_alias_that_was_moved_by_hand_is_where_it_is() -> None:
    assert [each.version for each in earlier_champions(PROMOTED, version(2))] == [1]
    assert [each.version for each in earlier_champions(PROMOTED, version(4))] == [3, 2, 1]


def test_versions_of_a_model_that_was_deleted_and_made_again_are_told_apart_by_when_they_were_made() -> None:
    events = [event("promoted", 1, 10), event("promoted", 2, 20), event("promoted", 1, 30)]
    assert [each.created for each in earlier_champions(events, version(1, 30))] == [20, 10]
