"""Tests of predefined parts: a column of marks, or separate files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.data.split_labels import TEST, TRAIN, VALIDATION
from recsys.errors import InputError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.splitting.split import Split
from recsys.workflows.search.prepare import prepare

ROWS = [("a", "x", 3), ("a", "y", 4), ("b", "x", 1), ("b", "y", 5), ("c", "x", 2), ("a", "z", 4), ("b", "z", 2)]
WORDS = ["train", "Train", "TRAINING", "valid", "test", "train", "test"]


def written(folder: Path, name: str, rows: list[tuple[Any, ...]], *, header: str = "user,item,rating") -> None:
    separator = "\t" if name.endswith(".tsv") else ","
    lines = [header.replace(",", separator), *(separator.join(map(str, row)) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def marked(folder: Path, words: list[Any]) -> Ratings:
    written(
        folder, "r.csv", [(*row, word) for row, word in zip(ROWS, words, strict=True)], header="user,item,rating,part"
    )
    return load_ratings(DataSettings.model_validate({"source": "r.csv", "columns": {"split": "part"}}), folder)


def experiment_of(folder: Path, **sections: dict[str, Any]) -> Experiment:
    document = {"model": {"kind": "mf"}, **sections}
    return experiment_from(document, source="mine.toml", folder=folder, name="mine")


def split_of(experiment: Experiment) -> tuple[Split, Ratings]:
    split = prepare(experiment, sealed=False).split
    return split, split.open_test("a test", lambda _why: None)


def rows_of(ratings: Ratings) -> list[tuple[Any, ...]]:
    catalogue = ratings.catalogue
    ids = catalogue.user_ids[ratings.users].tolist(), catalogue.item_ids[ratings.items].tolist()
    return list(zip(*ids, ratings.values.tolist(), strict=True))


class TestColumn:
    def test_a_row_is_in_the_part_that_it_says_in_capitals_or_not(self, tmp_path: Path) -> None:
        assert marked(tmp_path, WORDS).split_labels is not None
        expected = [TRAIN, TRAIN, TRAIN, VALIDATION, TEST, TRAIN, TEST]
        assert np.array_equal(marked(tmp_path, WORDS).split_labels, expected)
        others = ["train", "train", " train", "dev", "Testing", "train", "TEST"]
        assert np.array_equal(marked(tmp_path, others).split_labels, expected)
        assert np.array_equal(marked(tmp_path, ["val" if w == "valid" else w for w in WORDS]).split_labels, expected)
        assert np.array_equal(
            marked(tmp_path, ["validation" if w == "valid" else w for w in WORDS]).split_labels, expected
        )

    def test_other_words_are_refused_by_name_and_counted(self, tmp_path: Path) -> None:
        words = ["train", "holdout", "train", "holdout", "0", "test", "test"]
        with pytest.raises(
            InputError, match=r"'part' says 'holdout' \(2 rows\), '0' \(1 rows\): expected train, valid"
        ):
            marked(tmp_path, words)

    def test_a_row_that_says_nothing_is_refused_with_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="1 row has no part in the column of the split: line 3: a, y, 4, ;"):
            marked(tmp_path, ["train", "", *WORDS[2:]])

    def test_other_marks_are_another_data_set(self, tmp_path: Path) -> None:
        assert marked(tmp_path, WORDS).digest != marked(tmp_path, [*WORDS[1:], "train"]).digest

    def test_a_parquet_file_may_have_the_words_as_categories(self, tmp_path: Path) -> None:
        table = pd.DataFrame(ROWS, columns=["user", "item", "rating"]).assign(part=pd.Categorical(WORDS))
        table.to_parquet(tmp_path / "r.parquet")
        settings = DataSettings.model_validate({"source": "r.parquet", "columns": {"split": "part"}})
        assert np.array_equal(load_ratings(settings, tmp_path).split_labels, marked(tmp_path, WORDS).split_labels)

    def test_an_experiment_is_split_as_its_column_says(self, tmp_path: Path) -> None:
        marked(tmp_path, WORDS)
        data = {"source": "r.csv", "columns": {"split": "part"}}
        split, test = split_of(experiment_of(tmp_path, data=data, split={"kind": "column"}))
        assert rows_of(split.train) == [ROWS[0], ROWS[1], ROWS[2], ROWS[5]]
        assert rows_of(split.validation) == [ROWS[3]]
        assert rows_of(test) == [ROWS[4], ROWS[6]]


class TestFiles:
    FILES = {"kind": "column", "test": "r.test.tsv"}
    DATA = {"source": "r.base.tsv"}

    def test_a_part_may_have_a_file_of_its_own(self, tmp_path: Path) -> None:
        written(tmp_path, "r.base.tsv", ROWS[:5])
        written(tmp_path, "r.test.tsv", ROWS[5:])
        split, test = split_of(experiment_of(tmp_path, data=self.DATA, split=self.FILES))
        assert rows_of(test) == ROWS[5:]
        assert sorted(rows_of(split.train.join(split.validation))) == sorted(ROWS[:5])
        assert split.train.catalogue.items == 3, "items of the test file are in the catalogue"

    def test_and_so_may_validation(self, tmp_path: Path) -> None:
        for name, rows in (("base", ROWS[:3]), ("valid", ROWS[3:5]), ("test", ROWS[5:])):
            written(tmp_path, f"r.{name}.tsv", rows)
        files = {**self.FILES, "validation": {"path": "r.valid.tsv"}}
        split, test = split_of(experiment_of(tmp_path, data=self.DATA, split=files))
        assert [rows_of(part) for part in (split.train, split.validation, test)] == [ROWS[:3], ROWS[3:5], ROWS[5:]]

    def test_ids_are_the_same_whatever_types_the_files_have_them_in(self, tmp_path: Path) -> None:
        numbers = [(1, 10, 3.0), (1, 20, 4.0), (2, 10, 5.0)]
        pd.DataFrame(numbers, columns=["user", "item", "rating"]).to_parquet(tmp_path / "base.parquet")
        written(tmp_path, "test.csv", [(2, 20, 1), (1, "x", 2)])
        data = {"source": "base.parquet"}
        split, test = split_of(experiment_of(tmp_path, data=data, split={"kind": "column", "test": "test.csv"}))
        assert rows_of(test) == [(2, "20", 1), (1, "x", 2)]
        assert sorted(rows_of(split.train.join(split.validation))) == [(1, "10", 3), (1, "20", 4), (2, "10", 5)]

    def test_a_bad_row_is_named_by_its_file_and_line(self, tmp_path: Path) -> None:
        written(tmp_path, "r.base.tsv", ROWS[:5])
        written(tmp_path, "r.test.tsv", [ROWS[5], ("b", "z", "good")])
        with pytest.raises(InputError, match=r"a rating that is not a number: line 3 of \S*r\.test\.tsv: b, z, good"):
            split_of(experiment_of(tmp_path, data=self.DATA, split=self.FILES))

    def test_a_pair_of_training_that_comes_again_is_a_repeated_pair(self, tmp_path: Path) -> None:
        written(tmp_path, "r.base.tsv", ROWS[:5])
        written(tmp_path, "r.test.tsv", [*ROWS[5:], ("a", "x", 5)])
        with pytest.raises(InputError, match=r"pair that came before .*: line 4 of \S*r\.test\.tsv: a, x, 5"):
            split_of(experiment_of(tmp_path, data=self.DATA, split=self.FILES))
        data = {**self.DATA, "duplicates": "last"}
        split, test = split_of(experiment_of(tmp_path, data=data, split=self.FILES))
        assert rows_of(test) == ROWS[5:]
        assert split.repeated.test == 1
        _, again = split_of(experiment_of(tmp_path, data=data, split={**self.FILES, "repeats": True}))
        assert rows_of(again) == [*ROWS[5:], ("a", "x", 5)]

    def test_the_test_file_is_of_the_digest_and_so_of_the_protocol(self, tmp_path: Path) -> None:
        written(tmp_path, "r.base.tsv", ROWS[:5])
        found = []
        for last in (2, 3):
            written(tmp_path, "r.test.tsv", [ROWS[5], ("b", "z", last)])
            prepared = prepare(experiment_of(tmp_path, data=self.DATA, split=self.FILES))
            assert prepared.split.test is None
            found.append((prepared.digest, prepared.fingerprint, prepared.test_fingerprint))
        assert len({*found[0], *found[1]}) == 6

    def test_an_anchored_experiment_finds_them_from_anywhere(self, tmp_path: Path) -> None:
        (tmp_path / "mine.toml").write_text(
            '[data]\nsource = "r.base.tsv"\n[model]\nkind = "mf"\n'
            '[split]\nkind = "column"\ntest = "r.test.tsv"\nvalidation = { path = "r.valid.tsv" }\n'
        )
        anchored = load_experiment(tmp_path / "mine.toml").anchored
        assert anchored.split.test == str(tmp_path / "r.test.tsv")
        assert anchored.split.validation.path == str(tmp_path / "r.valid.tsv")
        (tmp_path / "away").mkdir()
        (tmp_path / "away" / "again.toml").write_text(anchored.to_toml())
        assert load_experiment(tmp_path / "away" / "again.toml").split == anchored.split


FILE = {"source": "r.csv"}


@pytest.mark.parametrize(
    ("data", "split", "message"),
    [
        (FILE, {"kind": "column"}, r"'column' needs data\.columns\.split, .* or split\.test"),
        (FILE, {"validation": {"kind": "column"}}, r"'column' needs data\.columns\.split"),
        (
            {**FILE, "columns": {"split": "part"}},
            {},
            r"data\.columns\.split does nothing here: split\.kind is 'random'",
        ),
        (
            {**FILE, "columns": {"split": "part"}},
            {"kind": "column", "test": "t.csv"},
            r"split\.test: data\.columns\.split says which rows are the test part",
        ),
        (FILE, {"test": "t.csv"}, "test does nothing here: kind = 'column' has the test part"),
        (FILE, {"kind": "column", "validation": {"path": "v.csv"}}, "path does nothing here: only where split.test"),
        (
            FILE,
            {"kind": "column", "test": "t.csv", "size": 0.3},
            "size does nothing here: a test part of kind 'column'",
        ),
        ({"source": "synthetic"}, {"kind": "column", "test": "t.csv"}, r"split\.test: .*'synthetic' is no file"),
    ],
)
def test_what_does_not_go_together_is_refused(
    data: dict[str, Any], split: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises((InputError, ValidationError), match=message):
        experiment_of(tmp_path, data=data, split=split)
