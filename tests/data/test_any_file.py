"""Property tests of reading files: the result is the written data or an error, and never other data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from written_files import Written
from written_shapes import draw_documents, draw_lists, draw_parts, draw_wide
from written_tables import draw_json, draw_parquet
from written_texts import draw_text

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate
from recsys.errors import InputError

DRAWS = [draw_text, draw_text, draw_text, draw_parquet, draw_json]
OTHERS = [draw_parts, draw_wide, draw_lists, draw_documents]


def read(written: Written, folder: Path) -> Ratings:
    document = {"source": written.name, **written.data}
    return load_ratings(validate(DataSettings, document, "data"), folder, lambda _line: None)


def judge(written: Written, folder: Path) -> None:
    """Read the file and hold what comes of it against the truth."""
    try:
        ratings = read(written, folder)
    except InputError:
        assert written.rows is None or not written.said, "what is written and said in full has to be read"
        return
    assert written.rows is not None, "what has a fault has to be refused"
    catalogue = ratings.catalogue
    assert catalogue.user_ids.dtype in ("int64", "str")
    assert catalogue.item_ids.dtype in ("int64", "str")
    if not written.timed:
        found = zip(catalogue.user_ids[ratings.users], catalogue.item_ids[ratings.items], ratings.values, strict=True)
        assert sorted(found, key=str) == sorted((row[:3] for row in written.rows), key=str)
        return
    assert catalogue.user_ids[ratings.users].tolist() == [row[0] for row in written.rows]
    assert catalogue.item_ids[ratings.items].tolist() == [row[1] for row in written.rows]
    assert ratings.values.tolist() == pytest.approx([row[2] for row in written.rows])
    assert ratings.timestamps is not None
    assert ratings.timestamps.tolist() == [row[3] for row in written.rows]


def judge_many(seeds: range, folder: Path, draws: list[Callable[[Random, Path], Written]]) -> None:
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        random = Random(seed)  # noqa: S311 - files, no secrets
        written = random.choice(draws)(random, place)
        try:
            judge(written, place)
        except Exception as error:
            error.add_note(f"seed {seed}: {written}")
            raise


@pytest.mark.parametrize("draw", [*DRAWS[2:], *OTHERS], ids=lambda draw: draw.__name__)
def test_a_file_is_read_as_it_was_written_or_refused(draw: Callable[[Random, Path], Written], tmp_path: Path) -> None:
    judge_many(range(120), tmp_path, [draw])


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(10))
def test_twenty_thousand_files_are(part: int, tmp_path: Path) -> None:
    judge_many(range(10_000 + part * 2000, 12_000 + part * 2000), tmp_path, [*DRAWS, *OTHERS])


def test_a_file_with_bytes_changed_is_read_or_refused_with_a_word(tmp_path: Path) -> None:
    """What it means then nobody knows; that it ends in a message is what counts."""
    for seed in range(150):
        random = Random(seed)  # noqa: S311 - files, no secrets
        place = tmp_path / str(seed)
        place.mkdir()
        written = random.choice([*DRAWS, *OTHERS])(random, place)
        files = [path for path in place.rglob("*") if path.is_file() and path.stat().st_size]
        path = random.choice(files)
        content = bytearray(path.read_bytes())
        for _ in range(random.randint(1, 4)):
            content[random.randrange(len(content))] = random.choice([0, 10, 34, 44, 255, random.randrange(256)])
        path.write_bytes(content)
        said = ""
        try:
            read(written, place)
        except InputError as error:
            said = str(error)
        except Exception as error:
            error.add_note(f"seed {seed}: {written}")
            raise
        assert said.isprintable()
