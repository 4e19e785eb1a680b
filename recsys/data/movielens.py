"""The MovieLens data sets of GroupLens (Harper and Konstan 2015), kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from recsys.cache import cache_folder
from recsys.data.ratings import Ratings
from recsys.data.reading.content import decode
from recsys.data.reading.delimited import build_text, parsed_rows
from recsys.data.reading.dialect import Dialect
from recsys.data.reading.rows import Rows, Wanted
from recsys.data.settings import ColumnSettings, DataSettings
from recsys.data.validation import validate_ratings
from recsys.errors import InputError, RecsysError, shown
from recsys.reporter import Reporter, quiet

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
_MB = 1_000_000
LICENCE = "MovieLens data are for research, not for redistribution: see the README in the archive"
MIRROR = "recbole==1.2.1"
"""A package whose wheel contains all of ML-100K."""
_MIRROR_FILES = {"u.data": "ml-100k.inter", "u.item": "ml-100k.item"}
MIRRORED = Dialect("\t", "utf-8", quote="none")
"""How the files of the mirror are written."""
_MIRROR_SHA256 = "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff"
_RATINGS: Wanted = {"user": 1, "item": 2, "rating": 3, "timestamp": 4}
_TITLES: Wanted = {"item": 1, "title": 2}


@dataclass(frozen=True)
class Archive:
    """How to verify and to read the archive of a data set."""

    checksum: str | None
    """In pooch's notation; None if none is published."""
    ratings: str
    """The name of the file of ratings in the archive."""
    titles: str
    separator: str
    header: bool
    scale: tuple[float, float]
    limit: int
    """The most bytes that a file in the archive may have unpacked."""

    def dialect(self, separator: str) -> Dialect:
        """How a file of the archive is written: latin-1 without a header, quotes with commas."""
        encoding, quote = "utf-8" if self.header else "latin-1", '"' if separator == "," else "none"
        return Dialect(separator, encoding, self.header, quote)


ARCHIVES = {
    "ml-100k": Archive(
        "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        "u.data",
        "u.item",
        "\t",
        header=False,
        scale=(1, 5),
        limit=10 * _MB,
    ),
    "ml-1m": Archive(
        "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        "ratings.dat",
        "movies.dat",
        "::",
        header=False,
        scale=(1, 5),
        limit=100 * _MB,
    ),
    "ml-25m": Archive(
        "md5:6b51fb2759a8657d3bfcbfc42b592ada",
        "ratings.csv",
        "movies.csv",
        ",",
        header=True,
        scale=(0.5, 5),
        limit=1000 * _MB,
    ),
    "ml-latest-small": Archive(None, "ratings.csv", "movies.csv", ",", header=True, scale=(0.5, 5), limit=100 * _MB),
}


def fetch(name: str, *, cache: Path | None = None, base_url: str = GROUPLENS, reporter: Reporter = quiet) -> Path:
    """Download a data set and verify it. A failed download leaves nothing behind.

    Args:
        name: One of `ARCHIVES`.
        cache: The folder to keep it in; `cache_folder()` by default.
        base_url: The address of the archives.
        reporter: Receives notes on the download, its licence, and the mirror.

    Returns:
        The path of the archive; for ML-100K it may be the mirror's.

    Raises:
        InputError: There is no data set of that name.
        RecsysError: The download fails.
    """
    if name not in ARCHIVES:
        raise InputError(f"no data set is called {name!r}; there are {', '.join(ARCHIVES)}")
    cache = cache or cache_folder()
    _require_writable(cache, name)
    mirrored = cache / f"{name}.whl"
    if mirrored.exists() and _is_mirror(mirrored):
        return mirrored
    import pooch
    import requests

    pooch.get_logger().setLevel("ERROR")
    archive = ARCHIVES[name]
    if not (cache / f"{name}.zip").exists():
        reporter(f"fetching {name} from {base_url}. {LICENCE}")
    try:
        fetched = pooch.retrieve(
            f"{base_url}/{name}.zip",
            known_hash=archive.checksum,
            fname=f"{name}.zip",
            path=cache,
            downloader=pooch.HTTPDownloader(timeout=15),
        )
    except (requests.RequestException, ValueError, OSError) as error:
        if name != "ml-100k":
            raise RecsysError(f"{name} cannot be fetched from {base_url}: {_cause(error)}") from None
        reporter(f"{base_url} failed ({_cause(error)}); taking ml-100k from the package {MIRROR} instead")
        return _fetch_mirror(mirrored)
    path = Path(fetched)
    if not zipfile.is_zipfile(path):
        path.unlink()
        raise RecsysError(f"{name}: what {base_url} sent is not an archive; try again")
    return path


def _require_writable(cache: Path, name: str) -> None:
    """Refuse a folder that cannot be written, unless it contains the data set."""
    if (cache / f"{name}.zip").exists() or (cache / f"{name}.whl").exists():
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError as error:
        raise RecsysError(
            f"{name} cannot be kept in {shown(cache, 200)}: {error.strerror}; RECSYS_CACHE names another folder"
        ) from None


def _cause(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if isinstance(error, ValueError) else type(error).__name__


def _fetch_mirror(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # -P: a pip.py in the current folder is not pip; and of the package nothing is to be built, which would run it
        command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        done = subprocess.run([*command, "--dest", folder, MIRROR], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            why = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
            raise RecsysError(f"ml-100k cannot be fetched from the package {MIRROR} either: {why}")
        if not _is_mirror(wheels[0]):
            raise RecsysError(f"ml-100k in the package {MIRROR} has another checksum than expected")
        partial = target.with_suffix(f".{os.getpid()}.part")
        shutil.copyfile(wheels[0], partial)
        partial.replace(target)
    return target


def _is_mirror(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as files, _opened(files, "ml-100k.inter", ARCHIVES["ml-100k"].limit) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == _MIRROR_SHA256  # type: ignore[arg-type]  # it has readinto
    except (OSError, zipfile.BadZipFile, RecsysError):
        return False


def movielens_ratings(name: str, settings: DataSettings, reporter: Reporter) -> Ratings:
    """The ratings of a MovieLens data set, in the order of its file.

    Raises:
        RecsysError: The data set cannot be fetched, or its archive is damaged.
    """
    path = fetch(name, reporter=reporter)
    try:
        rows, titles = _tables(path, name)
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, InputError) as error:
        raise RecsysError(f"{path} is damaged ({shown(error)}): delete it and try again") from None
    own = settings.model_copy(
        update={"columns": ColumnSettings(timestamp="timestamp"), "scale": settings.scale or ARCHIVES[name].scale}
    )
    return sorted_by_id(validate_ratings(rows, own, name, titles, reporter))


def sorted_by_id(ratings: Ratings) -> Ratings:
    """The same ratings with ids coded in ascending order, which is GroupLens' numbering."""
    catalogue = ratings.catalogue
    by_user, by_item = catalogue.user_ids.argsort(), catalogue.item_ids.argsort()
    return replace(
        ratings,
        users=np.argsort(by_user).astype(np.int32)[ratings.users],
        items=np.argsort(by_item).astype(np.int32)[ratings.items],
        catalogue=catalogue.take(by_user, by_item),
    )


def _tables(path: Path, name: str) -> tuple[Rows, Rows]:
    """Read the rows of ratings and the rows of titles."""
    archive = ARCHIVES[name]
    with zipfile.ZipFile(path) as files:
        if path.suffix == ".whl":
            ratings = read_member(files, _MIRROR_FILES["u.data"], name, _RATINGS, MIRRORED)
            titles = read_member(files, _MIRROR_FILES["u.item"], name, {**_TITLES, "year": 3}, MIRRORED)
            return ratings, replace(titles, table=_with_years(titles.table))
        ratings = read_member(files, archive.ratings, name, _RATINGS, archive.dialect(archive.separator))
        separator = "|" if name == "ml-100k" else archive.separator
        return ratings, read_member(files, archive.titles, name, _TITLES, archive.dialect(separator))


def _with_years(table: pa.Table) -> pa.Table:
    """Append the year to the title, as GroupLens writes it. The mirror has two columns."""
    pairs = zip(table.column("title").to_pylist(), table.column("year").to_pylist(), strict=True)
    titles = pa.array([f"{title} ({year})" if year else title for title, year in pairs], pa.string())
    return pa.table({"item": table.column("item"), "title": titles})


def read_member(files: zipfile.ZipFile, file: str, name: str, wanted: Wanted, dialect: Dialect) -> Rows:
    """Read the wanted columns of a file in an archive.

    Args:
        files: The archive.
        file: The file's name, in any folder.
        name: The data set, for messages.
        wanted: The columns.
        dialect: How the file is written.

    Raises:
        InputError: A column is missing, or the file is not such a text.
        RecsysError: There is no such file, or it is too large.
    """
    with _opened(files, file, ARCHIVES[name].limit) as stream:
        content, _ = decode(stream.read(), dialect.encoding, name)
    text, _ = build_text(content, dialect, name)
    return parsed_rows(text, wanted, dialect, lambda _note: None)


def _opened(files: zipfile.ZipFile, name: str, limit: int) -> IO[bytes]:
    """Open the file of that name in any folder. It is read in place, so that no path of the archive is followed."""
    for member in files.infolist():
        if member.filename.rsplit("/", 1)[-1] == name:
            if member.file_size > limit:  # no more than that is ever unpacked
                raise RecsysError(f"{files.filename}: {name} has {member.file_size:,} bytes, more than {limit:,}")
            return files.open(member)
    raise RecsysError(f"{files.filename}: no {name} inside")
