"""Tests of init: it inspects a file, and the experiment that it writes runs unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recsys.data.load import load_ratings
from recsys.errors import InputError
from recsys.experiment import Experiment, load_experiment
from recsys.workflows.search.prepare import prepare
from recsys.workflows.search.sweep import sweep
from recsys.workflows.setup.init import Started, init

DRAW = Random(0)  # noqa: S311 - ratings, no secrets
PAIRS = DRAW.sample([(user, item) for user in range(1, 31) for item in range(1, 21)], 300)
TABLE = pd.DataFrame(
    [(f"u{user}", item, DRAW.randint(1, 5), 1_400_000_000 + 977 * row) for row, (user, item) in enumerate(PAIRS)],
    columns=["user", "item", "rating", "time"],
)
STARS = TABLE[["user", "item", "rating"]]


def started(folder: Path, name: str, content: str, encoding: str = "utf-8") -> tuple[Started, Experiment]:
    """What is said of a file, and the experiment that is written, of which the data are prepared."""
    (folder / name).write_text(content, encoding=encoding)
    found = init(folder / name, output=folder / "mine.toml")
    experiment = load_experiment(folder / "mine.toml")
    prepare(experiment)
    return found, experiment


def text(frame: pd.DataFrame, separator: str = ",", **more: Any) -> str:
    return str(frame.to_csv(index=False, sep=separator, **more))


class TestWhatIsFound:
    def test_columns_by_their_usual_names_and_times_for_a_split_by_them(self, tmp_path: Path) -> None:
        frame = TABLE.set_axis(["User-ID", "ISBN", "Book-Rating", "when"], axis=1)
        found, experiment = started(tmp_path, "books.csv", text(frame))
        columns = experiment.data.columns
        assert (columns.user, columns.item, columns.rating, columns.timestamp) == tuple(frame.columns)
        assert experiment.split.kind == "temporal"
        assert experiment.objective.metric == "rmse"
        assert found.description.ratings == 300
        assert found.notes == []

    @pytest.mark.parametrize("separator", [";", "|", "::", " ", "\t"])
    @pytest.mark.parametrize("header", [True, False])
    def test_a_separator_with_or_without_a_header(self, separator: str, header: bool, tmp_path: Path) -> None:
        content = text(TABLE, header=header).replace(",", separator)
        found, experiment = started(tmp_path, "ratings.dat", content)
        assert experiment.data.separator == separator
        assert experiment.data.header == header
        assert found.description.users == TABLE["user"].nunique()
        assert found.description.mean == pytest.approx(TABLE["rating"].mean())
        assert any("no header" in note for note in found.notes) != header

    @pytest.mark.parametrize(
        ("encoding", "guess"), [("latin-1", "cp1252"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")]
    )
    def test_an_encoding_which_is_said_to_be_a_guess(self, encoding: str, guess: str, tmp_path: Path) -> None:
        content = text(STARS.assign(user=STARS["user"] + "é"))
        found, experiment = started(tmp_path, "ratings.csv", content, encoding)
        assert experiment.data.encoding == guess
        assert "is a guess" in found.notes[0]
        assert f"# - {found.notes[0]}" in found.toml

    def test_a_comma_before_the_fraction(self, tmp_path: Path) -> None:
        _, experiment = started(
            tmp_path, "ratings.csv", text(STARS.assign(rating=STARS["rating"] - 0.5), ";", decimal=",")
        )
        assert (experiment.data.separator, experiment.data.decimal) == (";", ",")

    @pytest.mark.parametrize(("code", "missing"), [(99, (99,)), (-1, (-1,)), ("NULL", ("NULL",)), ("", ("",))])
    def test_what_means_that_there_is_no_rating(self, code: Any, missing: tuple[Any], tmp_path: Path) -> None:
        frame = STARS.astype({"rating": object})
        frame.loc[::10, "rating"] = code
        found, experiment = started(tmp_path, "ratings.csv", text(frame))
        assert experiment.data.missing == missing
        assert found.description.ratings == 270
        assert any("are taken to mean no rating" in note for note in found.notes)

    @pytest.mark.parametrize("form", ["%m/%d/%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %I:%M:%S %p"])
    def test_how_dates_are_written(self, form: str, tmp_path: Path) -> None:
        dates = pd.to_datetime(TABLE["time"] * 40 % 10**9, unit="s").dt.strftime(form)
        _, experiment = started(tmp_path, "ratings.csv", text(TABLE.assign(time=dates)))
        assert experiment.data.time_format == form

    @pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S UTC", "%a %b %d %H:%M:%S +0000 %Y"])
    def test_and_whole_with_their_clocks(self, form: str, tmp_path: Path) -> None:
        """Blanks within a date do not make a column of each of its words."""
        dates = pd.to_datetime(TABLE["time"], unit="s").dt.strftime(form)
        _, experiment = started(tmp_path, "ratings.csv", text(TABLE.assign(time=dates)))
        assert experiment.data.time_format == form.replace("+0000", "%z")
        assert experiment.split.kind == "temporal"

    @pytest.mark.parametrize("role", ["user", "item", "rating", "time"])
    @pytest.mark.parametrize("ending", ["csv", "parquet"])
    def test_empty_cells_of_any_column(self, role: str, ending: str, tmp_path: Path) -> None:
        frame = TABLE.astype({"time": "Int64", "rating": "Int64", "item": "Int64"})
        frame.loc[::10, role] = None
        write = frame.to_csv if ending == "csv" else frame.to_parquet
        write(tmp_path / f"r.{ending}", index=False)
        found = init(tmp_path / f"r.{ending}", output=tmp_path / "mine.toml")
        assert load_experiment(found.path).data.missing == ("",)
        assert found.description.ratings == 270

    def test_times_that_are_mostly_missing_are_left_out(self, tmp_path: Path) -> None:
        frame = TABLE.astype({"time": object})
        frame.loc[:200, "time"] = None
        found, experiment = started(tmp_path, "r.csv", text(frame))
        assert experiment.data.columns.timestamp is None
        assert found.description.ratings == 300
        assert any("most of its cells are empty" in note for note in found.notes)

    def test_a_first_row_that_looks_like_names_is_a_row_where_it_comes_again(self, tmp_path: Path) -> None:
        """`user_4`, a date, `mbid3`, `Track`: what somebody heard, and no header."""
        when = pd.to_datetime(TABLE["time"], unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        frame = pd.DataFrame({"user": "user_" + TABLE["user"], "when": when, "id": TABLE["item"].map("mbid{}".format)})
        content = text(frame.assign(title="Track"), "\t", header=False)
        found, experiment = started(tmp_path, "heard.tsv", content)
        columns = experiment.data.columns
        assert (columns.user, columns.item, columns.timestamp) == (1, 3, 2)
        assert found.description.ratings == 300

    def test_blanks_within_cells_make_no_columns(self, tmp_path: Path) -> None:
        content = text(STARS.assign(item=STARS["item"].map("Game {}".format)), header=False)
        found, experiment = started(tmp_path, "games.csv", content)
        assert (experiment.data.separator, experiment.data.header) == (",", False)
        assert found.description.items == STARS["item"].nunique()

    def test_the_line_by_which_excel_is_told_the_separator(self, tmp_path: Path) -> None:
        found, experiment = started(tmp_path, "r.csv", "sep=;\r\n" + text(STARS, ";"))
        assert experiment.data.separator == ";"
        assert found.description.ratings == 300

    def test_dates_that_may_be_read_in_two_ways_are_left_out_and_said(self, tmp_path: Path) -> None:
        found, experiment = started(tmp_path, "ratings.csv", text(TABLE.assign(time="03/04/2020")))
        assert experiment.data.columns.timestamp is None
        assert any("'time' are left out" in note for note in found.notes)

    def test_pairs_that_come_again(self, tmp_path: Path) -> None:
        found, experiment = started(tmp_path, "ratings.csv", text(pd.concat([STARS, STARS[:9].assign(rating=2)])))
        assert experiment.data.duplicates == "last"
        assert found.description.ratings == 300

    @pytest.mark.parametrize(
        ("change", "weight", "kind"),
        [
            (lambda table: table[["user", "item"]], None, "user_random"),
            (lambda table: table[["user", "item", "time"]], None, "leave_last"),
            (lambda table: table.rename(columns={"rating": "plays"}), "plays", "leave_last"),
            (lambda table: table[["user", "item"]].assign(rating=1), None, "user_random"),
        ],
    )
    def test_events_where_there_is_no_rating_or_every_one_is_the_same(
        self, change: Callable[[pd.DataFrame], pd.DataFrame], weight: str | None, kind: str, tmp_path: Path
    ) -> None:
        found, experiment = started(tmp_path, "events.csv", text(change(TABLE)))
        assert experiment.data.feedback == "implicit"
        assert experiment.data.columns.weight == weight
        assert experiment.split.kind == kind
        assert experiment.objective.metric == "ndcg"
        assert found.description.feedback == "implicit"

    @pytest.mark.parametrize(
        ("name", "word"), [("my stars (1)", "'my stars (1).toml'"), ("-x", "./-x.toml"), ("r.v2", "r.v2.toml")]
    )
    def test_a_name_for_shells_and_stores(
        self, name: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path(f"{name}.csv").write_text(text(STARS))
        found = init(f"{name}.csv")
        assert found.next == f"recsys sweep {word}"
        assert f"#   {found.next}\n" in found.toml

    def test_parquet_and_json(self, tmp_path: Path) -> None:
        frame = TABLE.rename(columns={"user": "customer_id", "item": "sku"})
        frame.set_index("customer_id").to_parquet(tmp_path / "r.parquet")
        frame.to_json(tmp_path / "r.jsonl", orient="records", lines=True)
        for name in ("r.parquet", "r.jsonl"):
            found = init(tmp_path / name, output=tmp_path / f"{name}.toml")
            assert found.description.ratings == 300
            assert load_experiment(found.path).data.columns.user == "customer_id"


class TestColumns:
    """Which is taken for what is said, and written into the file."""

    def test_each_has_a_line_with_the_reason_and_those_left_out_have_one(self, tmp_path: Path) -> None:
        found, _ = started(tmp_path, "r.csv", text(TABLE.assign(country="Chile", note="fine")))
        assert found.columns == [
            "users: column 'user', by its name",
            "items: column 'item', by its name",
            "ratings: column 'rating', by its name",
            "times: column 'time', by its name",
            "left out: 'country', 'note'",
        ]
        assert all(f"# - {line}\n" in found.toml for line in found.columns)

    def test_without_a_header_it_is_what_is_in_them(self, tmp_path: Path) -> None:
        found, _ = started(tmp_path, "r.csv", text(TABLE, header=False))
        assert found.columns[0] == "users: column 1, by its content"

    def test_one_whose_name_says_what_it_does_not_hold_is_told_apart(self, tmp_path: Path) -> None:
        found, experiment = started(tmp_path, "r.csv", text(STARS.assign(time=True)))
        assert experiment.data.columns.timestamp is None
        assert "'time' is not taken as times: it has only true and false" in found.notes

    def test_dates_with_times_of_day_beside_them(self, tmp_path: Path) -> None:
        moments = pd.to_datetime(TABLE["time"], unit="s")
        frame = STARS.assign(day=moments.dt.strftime("%Y-%m-%d"), clock=moments.dt.strftime("%H%M%S").astype(int))
        found, experiment = started(tmp_path, "r.csv", text(frame))
        assert (experiment.data.columns.timestamp, experiment.data.columns.time_of_day) == ("day", "clock")
        times = load_ratings(experiment.data, tmp_path, [].append).timestamps
        assert times is not None
        assert times.tolist() == TABLE["time"].tolist()
        assert "times of day: column 'clock', by its content" in found.columns


class TestWeights:
    """Counts are weights, on a scale of their own."""

    COUNTS = [int(DRAW.paretovariate(0.8)) for _ in PAIRS]

    @pytest.mark.parametrize("name", ["plays", "rating"])
    def test_counts_weigh_by_their_logarithm_whatever_they_are_called(self, name: str, tmp_path: Path) -> None:
        frame = STARS.drop(columns="rating").assign(**{name: self.COUNTS})
        found, experiment = started(tmp_path, "r.csv", text(frame))
        assert experiment.data.implicit
        assert experiment.data.columns.weight == name
        assert experiment.data.weight_scale == "log"
        assert experiment.data.missing == ()
        assert found.description.ratings == 300

    @pytest.mark.parametrize("sign", [",", "."])
    def test_groups_of_digits_change_no_sum(self, sign: str, tmp_path: Path) -> None:
        frame = STARS.drop(columns="rating").assign(
            plays=[f"{count * 7:,}".replace(",", sign) for count in self.COUNTS]
        )
        found, experiment = started(tmp_path, "r.csv", text(frame, ";"))
        assert experiment.data.thousands == sign
        plain = load_ratings(experiment.data.model_copy(update={"weight_scale": "linear"}), tmp_path, [].append)
        assert plain.values.sum(dtype=float) == sum(self.COUNTS) * 7
        assert any("groups of three digits" in note for note in found.notes)

    def test_what_may_be_either_is_asked_about_and_no_file_is_written(self, tmp_path: Path) -> None:
        frame = STARS.assign(rating=[f"{1 + at % 5},{200 + at}" for at in range(300)])
        with pytest.raises(InputError, match=r"thousands = ',' if ',' separates .*decimal = ',' if it precedes"):
            started(tmp_path, "r.csv", text(frame, ";"))
        assert not (tmp_path / "mine.toml").exists()


def test_people_who_do_the_same_things_again_are_tested_by_date(tmp_path: Path) -> None:
    """The last row of each is nearly always of what they have done before."""
    favourites = TABLE[["user", "item"]].groupby("user").head(3)
    often = pd.concat([favourites] * 8).assign(time=1_400_000_000 + 1000 * np.arange(8 * len(favourites)))
    once = TABLE[["user", "item"]].assign(time=1_400_000_500 + 2000 * np.arange(len(TABLE)))
    found, experiment = started(tmp_path, "plays.csv", text(pd.concat([often, once])))
    assert experiment.split.kind == "temporal"
    assert found.split == (
        "split: temporal, with the latest fifth of the events as the test part, because leave_last leaves too few "
        "new pairs to test"
    )
    assert any("split.repeats = true tests them" in note for note in found.notes)


class TestTheSplit:
    @pytest.mark.parametrize(
        ("columns", "kind", "sentence"),
        [
            (["user", "item", "rating", "time"], "temporal", "the latest fifth of the ratings .* the data have times"),
            (["user", "item", "time"], "leave_last", "the last of each user's events .* the data have times"),
            (["user", "item", "rating"], "random", "a random fifth of the ratings .* the data have no times"),
            (["user", "item"], "user_random", "a random fifth of each user's events .* the data have no times"),
        ],
    )
    def test_it_is_said_and_written_with_its_reason(
        self, columns: list[str], kind: str, sentence: str, tmp_path: Path
    ) -> None:
        found, experiment = started(tmp_path, "r.csv", text(TABLE[columns]))
        assert experiment.split.kind == kind
        assert re.fullmatch(f"split: {kind}, with {sentence}.*", found.split)
        assert f"# - {found.split}\n" in found.toml

    def test_users_who_did_one_thing_each_are_tested_by_date(self, tmp_path: Path) -> None:
        once = pd.DataFrame({"user": range(60), "item": np.arange(60) % 7, "time": 1_400_000_000 + np.arange(60)})
        found, experiment = started(tmp_path, "r.csv", text(once))
        assert experiment.split.kind == "temporal"
        assert found.split.endswith("because leave_last leaves too few new pairs to test")


def test_a_column_of_parts_is_the_split(tmp_path: Path) -> None:
    parts = np.resize(["train", "train", "train", "valid", "test"], 300)
    found, experiment = started(tmp_path, "r.csv", text(STARS.assign(split=parts)))
    assert experiment.split.kind == "column"
    assert found.split.endswith("the rows that the data mark as the test part, because a column marks them")
    assert experiment.data.roles["split"] == "split"
    assert "parts of the split: column 'split', by its name and its content" in found.columns


class TestRefusals:
    def test_a_file_whose_columns_tell_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="columns of users and items cannot be determined from 'a', 'b', 'c': set"):
            started(tmp_path, "r.csv", text(STARS.set_axis(["a", "b", "c"], axis=1)))

    def test_a_file_without_columns(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no columns are to be found"):
            started(tmp_path, "r.csv", "one column\n1\n2\n")

    @pytest.mark.parametrize(("name", "content"), [("r.csv", ""), ("r.tsv", "\n\n"), ("r.json", ""), ("r.jsonl", "[]")])
    def test_a_file_without_rows(self, name: str, content: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="the table has no rows"):
            started(tmp_path, name, content)

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text(text(STARS))
        for folder in ("none", "r.csv"):
            with pytest.raises(InputError, match=f"there is no folder .*{folder}"):
                init(tmp_path / "r.csv", output=tmp_path / folder / "mine.toml")

    def test_words_for_ratings(self, tmp_path: Path) -> None:
        """All of them are what is wrong, and none of them means that there is no rating."""
        with pytest.raises(InputError, match=r"300 rows have a rating that is not a number: line 2: .*like"):
            started(tmp_path, "r.csv", text(STARS.assign(rating=np.where(STARS.rating > 3, "like", "dislike"))))

    def test_lines_above_the_header(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="line 3 seems to be the header: delete the lines above it"):
            started(tmp_path, "r.csv", "# of 2020\n\n" + text(STARS))

    def test_a_file_without_a_header_and_without_ids(self, tmp_path: Path) -> None:
        content = text(TABLE[["time", "user"]], header=False)
        with pytest.raises(InputError, match="has no header, and no two columns that may be of users and items"):
            started(tmp_path, "r.csv", content)

    def test_shifted_columns(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="300 rows have 4 fields where the header has 3"):
            started(tmp_path, "r.csv", text(TABLE).replace(",time", "", 1))

    def test_an_experiment_file_that_is_there_already(self, tmp_path: Path) -> None:
        (tmp_path / "mine.toml").write_text("# mine")
        with pytest.raises(InputError, match="is there already: name another file with --output"):
            started(tmp_path, "r.csv", text(STARS))
        assert (tmp_path / "mine.toml").read_text() == "# mine"


def test_it_is_written_to_the_current_folder_and_named_for_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "films.csv").write_text(text(STARS))
    monkeypatch.chdir(tmp_path)
    assert init("data/films.csv").path == "films.toml"
    assert load_experiment("films.toml").data.source == "data/films.csv"


@pytest.mark.parametrize("columns", [["user", "item", "rating", "time"], ["user", "item"]])
def test_it_runs_as_it_stands(columns: list[str], tmp_path: Path, store_uri: str) -> None:
    _, experiment = started(tmp_path, "films.csv", text(TABLE[columns]))
    short = ["study.trials=2", "training.epochs=2"]
    assert sweep(experiment.replaced(short), tracking_uri=store_uri).best is not None


class TestTablesOfItemsAndUsers:
    def test_their_columns_and_types_are_written_and_read_back(self, tmp_path: Path) -> None:
        (tmp_path / "ratings.csv").write_text(text(TABLE), encoding="utf-8")
        films = pd.DataFrame(
            {"film": range(1, 21), "genres": ["a|b", "a", "b", "c|a"] * 5, "title": [f"T{at}" for at in range(20)]}
        )
        (tmp_path / "films.csv").write_text(text(films, ";"), encoding="utf-8")
        people = pd.DataFrame({"user": [f"u{at}" for at in range(1, 31)], "age": [20 + at / 2 for at in range(30)]})
        people.to_parquet(tmp_path / "people.parquet")
        found = init(
            tmp_path / "ratings.csv",
            output=tmp_path / "mine.toml",
            items=tmp_path / "films.csv",
            users=tmp_path / "people.parquet",
        )
        data = load_experiment(tmp_path / "mine.toml").data
        assert data.items is not None
        assert (data.items.path, data.items.separator, data.items.features) == ("films.csv", ";", ("genres",))
        assert data.items.types is not None
        assert (data.items.types["genres"].type, data.items.types["genres"].separator) == ("categories", "|")
        assert data.users is not None
        assert (data.users.path, data.users.features) == ("people.parquet", ("age",))
        assert [(each.column, each.type, each.features) for each in found.description.item_features] == [
            ("genres", "categories", 3)
        ]
        assert "films.csv" in found.toml
        again = load_ratings(data, tmp_path).catalogue
        assert again.item_features is not None
        assert again.user_features is not None
        assert list(again.item_features.names) == ["genres=a", "genres=b", "genres=c"]

    def test_those_of_movielens_are_known(self, tmp_path: Path) -> None:
        init("ml-100k", output=tmp_path / "mine.toml")
        data = load_experiment(tmp_path / "mine.toml").data
        assert data.items is not None
        assert data.users is not None
        assert (data.items.features, data.users.features) == (("genres", "year"), ("age", "gender", "occupation"))
