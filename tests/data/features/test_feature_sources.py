"""Tests of features by name and of synthetic ones: MovieLens in each of its formats, and effects that are known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from recsys.data.features import movielens_tables
from recsys.data.features.movielens_tables import movielens_source
from recsys.data.features.settings import FeatureSettings
from recsys.data.features.synthetic_items import EXPLAINED, drawn_features, feature_effects
from recsys.data.load import load_ratings
from recsys.data.settings import DataSettings
from recsys.documents import validate
from recsys.errors import InputError

FLAGS = "0|0|0|1|1|1" + "|0" * 13
FILES = {
    "ml-100k": {
        "ml-100k/u.item": f"1|Toy Story (1995)|01-Jan-1995||http://x|{FLAGS}\n2|Nameless|||http://x|1{'|0' * 18}\n",
        "ml-100k/u.user": "1|24|M|technician|85711\n2|53|F|other|94043\n",
    },
    "ml-1m": {
        "ml-1m/movies.dat": "1::Toy Story (1995)::Animation|Children's|Comedy\n2::Nameless::(no genres listed)\n",
        "ml-1m/users.dat": "1::M::25::12::85711\n2::F::50::0::94043\n",
    },
    "ml-25m": {
        "ml-25m/movies.csv": (
            'movieId,title,genres\n1,Toy Story (1995),"Animation|Children\'s|Comedy"\n2,Nameless,(no genres listed)\n'
        )
    },
}


@pytest.fixture(params=list(FILES))
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A MovieLens data set, whose archive is a small one of the same format."""
    chosen: str = request.param
    path = tmp_path / f"{chosen}.zip"
    with zipfile.ZipFile(path, "w") as files:
        for file, text in FILES[chosen].items():
            files.writestr(file, text)
    monkeypatch.setattr(movielens_tables, "fetch", lambda *_args, **_options: path)
    return chosen


def test_films_have_genres_a_year_and_a_title_in_every_archive(name: str) -> None:
    settings = FeatureSettings(features=("genres", "year", "title"))
    columns = movielens_source(name, "items", settings, print).columns
    unknown = ["unknown"] if name == "ml-100k" else None
    assert columns["genres"].to_pylist() == [["Animation", "Children's", "Comedy"], unknown]
    assert columns["year"].to_pylist() == ["1995", None]
    assert columns["title"].to_pylist() == ["Toy Story", "Nameless"]


def test_people_have_an_age_a_gender_and_an_occupation(name: str) -> None:
    if name == "ml-25m":
        with pytest.raises(InputError) as error:
            validate(DataSettings, {"source": name, "users": {}}, "data")
        assert str(error.value) == "data: users: ml-25m has no table of users: expected users.path"
        return
    source = movielens_source(name, "users", FeatureSettings(), print)
    assert source.columns["gender"].to_pylist() == ["M", "F"]
    assert source.columns["age"].to_pylist() == {"ml-100k": ["24", "53"], "ml-1m": ["25", "50"]}[name]
    assert source.types is not None
    assert source.types["age"].type == {"ml-100k": "number", "ml-1m": "category"}[name]


def test_a_column_that_films_do_not_have_is_an_error(name: str) -> None:
    with pytest.raises(InputError) as error:
        movielens_source(name, "items", FeatureSettings(features=("director",)), print)
    assert str(error.value) == f"{name}: no column 'director'; there are 'title', 'year', 'genres'"


class TestSynthetic:
    DRAWN = {"users": 400, "items": 120, "ratings": 20_000, "item_features": 3, "noise_features": 2, "rank": 2}

    def test_without_features_nothing_changes(self) -> None:
        for feedback, digest in (
            ("explicit", "aa4bad90cda1e023bbd558e3be933eda3362"),
            ("implicit", "abada6fd9a32255577267a0850bb3e0a81c0"),
        ):
            found = load_ratings(DataSettings(source="synthetic", feedback=feedback), Path())
            assert found.digest == digest
            assert found.catalogue.item_features is None

    @pytest.mark.parametrize("feedback", ["explicit", "implicit"])
    def test_items_with_the_features_of_a_taste_are_liked_by_the_same_people(self, feedback: str) -> None:
        document = {"source": "synthetic", "feedback": feedback, "synthetic": self.DRAWN}
        settings = validate(DataSettings, document, "data")
        found = load_ratings(settings, Path())
        table = found.catalogue.item_features
        assert table is not None
        assert list(table.names) == ["feature_1", "feature_2", "feature_3", "noise_1", "noise_2"]
        np.testing.assert_array_equal(table.rows.toarray(), drawn_features(settings.synthetic))
        truth = (2.0 * drawn_features(settings.synthetic) - 1) @ feature_effects(settings.synthetic).T  # (I, K)
        values = np.zeros((found.catalogue.users, found.catalogue.items))
        seen = np.zeros_like(values)
        values[found.users, found.items] = found.values - found.values.mean()
        seen[found.users, found.items] = 1
        liked = values if feedback == "explicit" else seen
        liked, truth = liked[:, liked.std(axis=0) > 0], truth[liked.std(axis=0) > 0]
        alike = np.corrcoef(liked.T)
        pairs = np.triu_indices(len(alike), 1)
        assert np.corrcoef((truth @ truth.T)[pairs], alike[pairs])[0, 1] > 0.3

    @pytest.mark.parametrize("key", ["item_features", "noise_features"])
    def test_either_number_gives_the_data_features(self, key: str) -> None:
        assert validate(DataSettings, {"source": "synthetic", "synthetic": {key: 2}}, "data").has_features
        assert not DataSettings(source="synthetic").has_features

    def test_the_effects_explain_a_known_share_and_noise_none(self) -> None:
        settings = validate(DataSettings, {"source": "synthetic", "synthetic": self.DRAWN}, "data").synthetic
        effects = feature_effects(settings)
        np.testing.assert_allclose((effects**2).sum(axis=1), EXPLAINED)
        assert not effects[:, 3:].any()

    def test_features_do_nothing_with_persistence(self) -> None:
        drawn = {"persistence": 0.5, "item_features": 2}
        with pytest.raises(InputError) as error:
            validate(DataSettings, {"source": "synthetic", "feedback": "implicit", "synthetic": drawn}, "data")
        assert str(error.value) == (
            "data: item_features does nothing here: with persistence each item belongs to one taste, which is all that "
            "matters"
        )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"items": {}}, "data: items.path: missing: expected the file with what is known of items"),
        (
            {"items": {"path": "i.csv", "features": ["a"], "types": {"b": "text"}}},
            "data: items: types: 'b' is not among features; there are a",
        ),
        (
            {"items": {"path": "i.csv", "types": {"a": {"type": "text", "bins": 4}}}},
            "data: items.types.a: bins does nothing here: it is for number columns, not text",
        ),
        ({"items": {"path": "i.csv", "features": ["a", "a"]}}, "data: items: features: 'a' is there more than once"),
    ],
)
def test_settings_that_do_nothing_are_errors(document: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        validate(DataSettings, {"source": "r.csv", **document}, "data")
    assert str(error.value) == message
