"""The MovieLens data sets, from GroupLens (Harper and Konstan 2015), kept in the user's cache folder."""

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
from itertools import count
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys.cache import cache_folder
from recsys.data.ratings import Catalogue, Ratings
from recsys.data.reading.rows import Rows
from recsys.data.settings import ColumnSettings, DataSettings
from recsys.data.validation import validated
from recsys.errors import InputError, RecsysError, shown
from recsys.reporter import Reporter, quiet

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
_MB = 1_000_000
LICENCE = "MovieLens data are for research, not for redistribution: see the README in the archive"


@dataclass(frozen=True)
class Archive:
    """How a data set's archive is known and read."""

    checksum: str | None
    """As pooch writes it; None where none is published."""
    ratings: str
    """The file with the ratings, inside the archive."""
    titles: str
    separator: str
    header: bool
    scale: tuple[float, float]
    limit: int
    """How many bytes a file inside has at most, unpacked."""


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

MIRROR = "recbole==1.2.1"
"""A package whose wheel carries ML-100K whole."""
_MIRROR_FILES = {"u.data": "ml-100k.inter", "u.item": "ml-100k.item"}
_MIRROR_SHA256 = "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff"


def fetch(name: str, *, cache: Path | None = None, base_url: str = GROUPLENS, reporter: Reporter = quiet) -> Path:
    """Get a data set, whole or not at all, and check it.

    Args:
        name: One of `ARCHIVES`.
        cache: Where to keep it; `cache_folder()` by default.
        base_url: Where the archives are.
        reporter: Hears of the download, its licence, and of the mirror.

    Returns:
        The archive; for ML-100K perhaps the mirror's.

    Raises:
        InputError: There is no such data set.
        RecsysError: It cannot be had.
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
    """Refuse a folder that nothing can be kept in, unless the data set is there already."""
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
    """The ratings of a MovieLens data set, in the order of its file."""
    path = fetch(name, reporter=reporter)
    try:
        table, titles = _tables(path, name)
    except (ValueError, LookupError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RecsysError(f"{path} is damaged ({shown(error)}): delete it and try again") from None
    own = settings.model_copy(
        update={"columns": ColumnSettings(timestamp="timestamp"), "scale": settings.scale or ARCHIVES[name].scale}
    )
    first = 2 if path.suffix == ".whl" or ARCHIVES[name].header else 1
    rows = Rows(name, pa.Table.from_pandas(table, preserve_index=False), lambda: count(first))
    named = Rows(name, pa.Table.from_pandas(titles, preserve_index=False), count)
    return sorted_by_id(validated(rows, own, name, named, reporter))


def sorted_by_id(ratings: Ratings) -> Ratings:
    """The same ratings, their ids coded in rising order, which is how GroupLens numbers people and films."""
    catalogue = ratings.catalogue
    by_user, by_item = catalogue.user_ids.argsort(), catalogue.item_ids.argsort()
    titles = None if catalogue.titles is None else catalogue.titles[by_item]
    return replace(
        ratings,
        users=np.argsort(by_user).astype(np.int32)[ratings.users],
        items=np.argsort(by_item).astype(np.int32)[ratings.items],
        catalogue=Catalogue(catalogue.user_ids[by_user], catalogue.item_ids[by_item], titles),
    )


def _tables(path: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ratings with their four columns named, and the titles by item."""
    archive = ARCHIVES[name]
    with zipfile.ZipFile(path) as files:
        if path.suffix == ".whl":
            table = _read(files, _MIRROR_FILES["u.data"], "\t", header=True, limit=archive.limit)
            names = _read(files, _MIRROR_FILES["u.item"], "\t", header=True, limit=archive.limit)
            names[names.columns[1]] = _with_year(names)
        else:
            table = _read(files, archive.ratings, archive.separator, header=archive.header, limit=archive.limit)
            separator = "|" if name == "ml-100k" else archive.separator
            names = _read(files, archive.titles, separator, header=archive.header, limit=archive.limit)
    table = table.iloc[:, :4].set_axis(["user", "item", "rating", "timestamp"], axis=1)
    titles = names.iloc[:, :2].set_axis(["item", "title"], axis=1)
    return table, titles.astype({"title": str})


def _with_year(names: pd.DataFrame) -> pd.Series[str]:
    """The mirror keeps title and year apart; GroupLens has them as one."""
    year = names.iloc[:, 2].astype(str).str.removesuffix(".0")
    title = names.iloc[:, 1].astype(str)
    return title.where(year.isin(["", "nan"]), title + " (" + year + ")")


def _read(files: zipfile.ZipFile, name: str, separator: str, *, header: bool, limit: int) -> pd.DataFrame:
    with _opened(files, name, limit) as file:
        return pd.read_csv(
            file,
            sep=separator,
            header=0 if header else None,
            engine="python" if len(separator) > 1 else "c",
            encoding="latin-1" if not header else "utf-8",
            quoting=0 if separator == "," else 3,
        )


def _opened(files: zipfile.ZipFile, name: str, limit: int) -> IO[bytes]:
    """The file of that name in whatever folder; it is read in place, so that no path of the archive is followed."""
    for member in files.infolist():
        if member.filename.rsplit("/", 1)[-1] == name:
            if member.file_size > limit:  # no more than that is ever unpacked
                raise RecsysError(f"{files.filename}: {name} has {member.file_size:,} bytes, more than {limit:,}")
            return files.open(member)
    raise RecsysError(f"{files.filename}: no {name} inside")
