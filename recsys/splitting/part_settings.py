"""The settings of a part, with its moments and durations as numbers in the unit of the data's times."""

from __future__ import annotations

from recsys.arrays import AnyArray
from recsys.errors import InputError
from recsys.splitting.kind import PartSettings
from recsys.splitting.kinds import KINDS
from recsys.splitting.moments import begin_at, begin_before, begin_of_share, gap_of
from recsys.splitting.settings import Kind, SplitSettings, ValidationSettings


def part_settings(
    split: SplitSettings,
    part: SplitSettings | ValidationSettings,
    kind: Kind,
    times: AnyArray | None,
    end: float | None = None,
) -> PartSettings:
    """Return the settings of a part.

    Args:
        split: `[split]`.
        part: The section of the part: `[split]` or `[split.validation]`.
        kind: The kind of the part.
        times: The times of the rows to split (N,); None if they have none.
        end: The first moment of the later part; None if that begins at no moment.

    Raises:
        InputError: A moment or a duration does not suit the times, or there are no times.
    """
    last = part.last if isinstance(part.last, int) else 1
    begins, gap = None, None
    if is_by_time(part, kind):
        if times is None:
            raise InputError(
                f"split.kind = {kind!r} needs timestamps, and the data have none: name data.columns.timestamp"
            )
        begins = _begins(split, part, kind, times, end)
        if split.session_gap is not None and "session_gap" in KINDS[kind].common:
            gap = gap_of(times, split.session_gap)
    return PartSettings(part.size, part.number, part.fold, last, begins, gap)


def is_by_time(part: SplitSettings | ValidationSettings, kind: Kind) -> bool:
    """Whether times decide which rows a part of this kind has."""
    return KINDS[kind].by_time or part.at is not None or isinstance(part.last, str)


def is_drawn(part: SplitSettings | ValidationSettings, kind: Kind) -> bool:
    """Whether the seed decides which rows a part of this kind has."""
    return KINDS[kind].drawn and not is_by_time(part, kind)


def _begins(
    split: SplitSettings,
    part: SplitSettings | ValidationSettings,
    kind: Kind,
    times: AnyArray,
    end: float | None,
) -> float | None:
    section = "split.validation" if isinstance(part, ValidationSettings) else "split"
    if part.at is not None:
        return begin_at(times, part.at, section)
    if isinstance(part.last, str):
        return begin_before(times, part.last, end, section)
    if split.horizon == "global" and "horizon" in KINDS[kind].common:
        return begin_of_share(times, part.size)
    return None
