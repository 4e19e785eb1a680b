"""Examples: shipped experiments, known by their names, and copied with what they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from recsys.errors import InputError, NotFoundError, shown, write_whole, writing

_PACKAGE = Path(__file__).parent
_FOLDER = _PACKAGE if (_PACKAGE / "experiments").is_dir() else _PACKAGE.parent.parent
"""Where they stand: a wheel has them in the package, a checkout at its top level."""


def examples() -> Mapping[str, str]:
    """What each is about, by name: the first line of its file."""
    return {path.stem: _about(path) for path in sorted((_FOLDER / "experiments").glob("*.toml"))}


def experiment_file(given: str | Path) -> Path:
    """The file that is meant: a path, or where there is none of that name, a shipped experiment.

    Raises:
        NotFoundError: It is a bare word, and neither.
    """
    path = Path(given)
    if path.suffix or len(path.parts) != 1 or path.exists():
        return path
    shipped = _FOLDER / "experiments" / f"{path}.toml"
    if not shipped.exists():
        close = get_close_matches(path.name, examples(), n=1)
        guess = f"; did you mean {close[0]}?" if close else ""
        raise NotFoundError(
            f"{shown(path, 200)}: no such file, and none of the shipped experiments{guess} (recsys examples lists them)"
        )
    return shipped


def copy_examples(names: Sequence[str], folder: str | Path) -> list[Path]:
    """Copy experiments, and the search spaces they name, into `experiments/` and `search_spaces/` of a folder.

    Returns:
        The experiment files written.

    Raises:
        NotFoundError: There is none of that name.
        InputError: One of the files is there already; then none is written.
    """
    sources = [_named(name) for name in names]
    spaces = [path for path in sorted((_FOLDER / "search_spaces").glob("*.toml")) if _is_named(path, sources)]
    targets = {source: Path(folder) / source.parent.name / source.name for source in [*sources, *spaces]}
    for source, target in targets.items():
        if target.exists() and target.read_bytes() != source.read_bytes():
            raise InputError(f"{shown(target, 200)}: is there already, and differs; give another folder")
    for source, target in targets.items():
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, source.read_bytes())
    return [targets[source] for source in sources]


def _named(name: str) -> Path:
    if name not in examples():
        raise NotFoundError(f"{shown(name)}: none of the shipped experiments; there are {', '.join(examples())}")
    return _FOLDER / "experiments" / f"{name}.toml"


def _is_named(space: Path, experiments: Sequence[Path]) -> bool:
    return any(f'"../search_spaces/{space.name}"' in each.read_text(encoding="utf-8") for each in experiments)


def _about(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
