"""Tests of downloads against a local server: an archive is complete and verified, or it is not stored."""

from __future__ import annotations

import hashlib
import stat
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from recsys.data import movielens
from recsys.data.load import load_ratings
from recsys.data.ratings import Ratings
from recsys.data.settings import DataSettings
from recsys.errors import InputError, RecsysError


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A zip archive of these files by name."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return buffer.getvalue()


GOOD = zipped(
    {
        "ml-small/ratings.csv": "userId,movieId,rating,timestamp\n1,10,4.5,100\n2,10,3.0,200\n1,20,0.5,300\n",
        "ml-small/movies.csv": "movieId,title,genres\n10,Ten (1990),x\n20,Twenty (2000),y\n",
    }
)


class Server:
    """Sends what a test has put there, whole or broken off."""

    def __init__(self) -> None:
        self.content = GOOD
        self.breaks_off = False
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.content)))
                self.end_headers()
                self.wfile.write(outer.content[: len(outer.content) // 2] if outer.breaks_off else outer.content)

            def log_message(self, *_words: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True).start()
    checked = replace(movielens.ARCHIVES["ml-latest-small"], checksum="sha256:" + hashlib.sha256(GOOD).hexdigest())
    monkeypatch.setitem(movielens.ARCHIVES, "ml-latest-small", checked)
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path / "cache"))
    yield server
    server.http.shutdown()
    server.http.server_close()


def fetch(server: Server, said: list[str] | None = None) -> Path:
    return movielens.fetch("ml-latest-small", base_url=server.url, reporter=[].append if said is None else said.append)


def cached(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache").glob("*"))


class TestFetch:
    def test_a_good_archive_is_kept_and_its_licence_named(self, server: Server, tmp_path: Path) -> None:
        said: list[str] = []
        path = fetch(server, said)
        assert path.read_bytes() == GOOD
        assert "not for redistribution" in said[0]
        assert cached(tmp_path) == ["ml-latest-small.zip"]

    def test_it_is_fetched_once(self, server: Server) -> None:
        fetch(server)
        server.content = b"gone"
        said: list[str] = []
        assert fetch(server, said).read_bytes() == GOOD
        assert said == []

    def test_a_wrong_checksum_leaves_nothing(self, server: Server, tmp_path: Path) -> None:
        server.content = GOOD + b"!"
        with pytest.raises(RecsysError, match="hash"):
            fetch(server)
        assert cached(tmp_path) == []

    def test_a_download_that_breaks_off_leaves_nothing(self, server: Server, tmp_path: Path) -> None:
        server.breaks_off = True
        with pytest.raises(RecsysError, match="ml-latest-small cannot be fetched"):
            fetch(server)
        assert cached(tmp_path) == []

    def test_a_damaged_file_in_the_cache_is_fetched_again(self, server: Server) -> None:
        path = fetch(server)
        path.write_bytes(GOOD[:-10])
        assert fetch(server).read_bytes() == GOOD

    def test_a_damaged_file_that_cannot_be_fetched_again_is_not_used(self, server: Server) -> None:
        path = fetch(server)
        path.write_bytes(GOOD[:-10])
        server.content = b"gone"
        with pytest.raises(RecsysError, match="hash"):
            fetch(server)

    def test_a_server_that_has_nothing_leaves_nothing(self, server: Server, tmp_path: Path) -> None:
        server.status = 404
        with pytest.raises(RecsysError, match="cannot be fetched"):
            fetch(server)
        assert cached(tmp_path) == []

    def test_a_page_in_place_of_an_archive_without_a_checksum_leaves_nothing(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unchecked = replace(movielens.ARCHIVES["ml-latest-small"], checksum=None)
        monkeypatch.setitem(movielens.ARCHIVES, "ml-latest-small", unchecked)
        server.content = b"<html>Log in to this network</html>"
        with pytest.raises(RecsysError, match="is not an archive"):
            fetch(server)
        assert cached(tmp_path) == []

    def test_an_unknown_name_is_answered_with_the_known_ones(self) -> None:
        with pytest.raises(InputError, match="ml-100k, ml-1m, ml-25m, ml-latest-small"):
            movielens.fetch("ml-1b")


class TestHostileArchives:
    @pytest.fixture
    def unchecked(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
        """The server as GroupLens, and the archive without a published checksum."""
        changed = replace(movielens.ARCHIVES["ml-latest-small"], checksum=None)
        monkeypatch.setitem(movielens.ARCHIVES, "ml-latest-small", changed)
        defaults = {**movielens.fetch.__kwdefaults__, "base_url": server.url}
        monkeypatch.setattr(movielens.fetch, "__kwdefaults__", defaults)
        return server

    def load(self, folder: Path) -> Ratings:
        return load_ratings(DataSettings(source="ml-latest-small"), folder, lambda _line: None)

    @pytest.mark.parametrize("prefix", ["../../", "/", "a/../../", "ml-small/"])
    def test_it_is_read_in_place_whatever_paths_it_names(self, prefix: str, unchecked: Server, tmp_path: Path) -> None:
        with zipfile.ZipFile(BytesIO(GOOD)) as good:
            contents = {name.rsplit("/", 1)[-1]: good.read(name).decode() for name in good.namelist()}
        unchecked.content = zipped({prefix + name: text for name, text in contents.items()})
        ratings = self.load(tmp_path)
        assert ratings.catalogue.titles is not None
        assert ratings.catalogue.titles.tolist() == ["Ten (1990)", "Twenty (2000)"]
        assert ratings.values.tolist() == [4.5, 3.0, 0.5]
        assert ratings.scale == (0.5, 5)
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["cache", "ml-latest-small.zip"]

    @pytest.mark.parametrize(
        ("name", "ratings", "titles", "between"),
        [("ml-100k", "u.data", "u.item", ("\t", "|")), ("ml-1m", "ratings.dat", "movies.dat", ("::", "::"))],
    )
    def test_those_without_a_header_are_read_by_their_own_separators_as_latin_1(
        self,
        name: str,
        ratings: str,
        titles: str,
        between: tuple[str, str],
        unchecked: Server,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        monkeypatch.setitem(movielens.ARCHIVES, name, replace(movielens.ARCHIVES[name], checksum=None))
        rows = [("7", "20", "4", "881250949"), ("2", "10", "3", "881250950")]
        films = [("10", 'Misérables, Les "1995"', "x"), ("20", "Null: NA (1996)", "y")]
        unchecked.content = zipped(
            {
                f"{name}/{ratings}": "".join(between[0].join(row) + "\n" for row in rows),
                f"{name}/{titles}": "".join(between[1].join(film) + "\n" for film in films).encode("latin-1"),
            }
        )
        found = load_ratings(DataSettings(source=name), tmp_path, lambda _line: None)
        assert found.catalogue.user_ids.tolist() == [2, 7]
        assert found.catalogue.item_ids.tolist() == [10, 20]
        assert (found.users.tolist(), found.items.tolist(), found.values.tolist()) == ([1, 0], [1, 0], [4, 3])
        assert found.timestamps is not None
        assert found.timestamps.tolist() == [881250949, 881250950]
        assert found.catalogue.titles is not None
        assert found.catalogue.titles.tolist() == [title for _, title, _ in films]

    def test_a_small_archive_cannot_fill_the_memory(self, unchecked: Server, tmp_path: Path) -> None:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out, out.open("ratings.csv", "w") as file:
            for _ in range(101):
                file.write(bytes(1_000_000))
        unchecked.content = buffer.getvalue()
        assert len(unchecked.content) < 1_000_000
        with pytest.raises(RecsysError, match="has 101,000,000 bytes, more than 100,000,000"):
            self.load(tmp_path)

    def test_what_says_to_be_small_is_read_no_further(self, unchecked: Server, tmp_path: Path) -> None:
        honest = zipped({"movies.csv": "movieId,title\n10,Ten\n", "ratings.csv": "1,10,4.5,100\n" * 1000})
        size = (13_000).to_bytes(4, "little")
        assert honest.count(size) == 4
        unchecked.content = honest.replace(size, (26).to_bytes(4, "little"))
        with pytest.raises(RecsysError, match="is damaged"):
            self.load(tmp_path)

    def test_a_link_is_not_followed(self, unchecked: Server, tmp_path: Path) -> None:
        secret = tmp_path / "secret.csv"
        secret.write_text("userId,movieId,rating,timestamp\n1,10,4.5,100\n")
        buffer = BytesIO(GOOD)
        with zipfile.ZipFile(buffer, "w") as out:
            link = zipfile.ZipInfo("ratings.csv")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            out.writestr(link, str(secret))
            out.writestr("movies.csv", "movieId,title\n10,Ten\n")
        unchecked.content = buffer.getvalue()
        with pytest.raises(RecsysError, match="is damaged"):
            self.load(tmp_path)

    def test_without_a_checksum_damage_is_noticed_when_it_is_read(self, unchecked: Server, tmp_path: Path) -> None:
        unchecked.content = GOOD.replace(b"4.5,100", b"4.0,100")
        with pytest.raises(RecsysError, match=r"ml-latest-small\.zip is damaged .*CRC.*delete it and try again"):
            self.load(tmp_path)

    def test_a_file_that_is_not_inside_is_named(self, unchecked: Server, tmp_path: Path) -> None:
        unchecked.content = zipped({"movies.csv": "movieId,title\n"})
        with pytest.raises(RecsysError, match=r"no ratings\.csv inside"):
            self.load(tmp_path)


def test_the_mirror_is_fetched_by_pip_itself_whatever_the_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('planted code was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(RecsysError, match="No matching distribution"):
        movielens._fetch_mirror(tmp_path / "ml-100k.whl")


@pytest.mark.slow
def test_ml_100k_comes_from_the_mirror_where_grouplens_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path))
    said: list[str] = []
    movielens.fetch("ml-100k", base_url="http://127.0.0.1:1", reporter=said.append)
    assert "recbole" in said[-1]
    ratings = load_ratings(DataSettings(source="ml-100k"), tmp_path, said.append)
    assert (len(ratings), ratings.catalogue.users, ratings.catalogue.items) == (100_000, 943, 1_682)
    assert ratings.catalogue.titles is not None
    assert ratings.catalogue.titles[ratings.catalogue.item_ids.get_loc(50)] == "Star Wars (1977)"


def test_lines_of_a_file_without_a_header_count_from_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = zipped(
        {"ml-1m/ratings.dat": "1::10::4::100\n1::20::9::200\n", "ml-1m/movies.dat": "10::Ten::x\n20::Twenty::y\n"}
    )
    checked = replace(movielens.ARCHIVES["ml-1m"], checksum="sha256:" + hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(movielens.ARCHIVES, "ml-1m", checked)
    monkeypatch.setenv("RECSYS_CACHE", str(tmp_path))
    (tmp_path / "ml-1m.zip").write_bytes(content)
    with pytest.raises(InputError, match="line 2: 1, 20, 9"):
        load_ratings(DataSettings(source="ml-1m"), tmp_path, lambda _line: None)
