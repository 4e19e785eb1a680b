"""Write the experiments of a plan as files."""

from __future__ import annotations

from pathlib import Path

from recsys.errors import InputError, shown, write_whole
from recsys.workflows.automatic.plan import Plan
from recsys.workflows.setup.written import written


def write_plan(plan: Plan, folder: Path) -> list[Path]:
    """Write the experiments of a plan to a folder, which is created; returns their paths.

    Raises:
        InputError: One of the files exists already. Then none is written.
    """
    paths = {folder / f"{name}.toml": experiment for name, experiment in plan.experiments.items()}
    for path in paths:
        if path.exists():
            raise InputError(f"{shown(path, 200)}: is there already: name another folder with --plan")
    folder.mkdir(parents=True, exist_ok=True)
    head = "".join(f"# {shown(reason, 300)}\n" for reason in plan.reasons)
    for path, experiment in paths.items():
        document = experiment.anchored.model_dump(mode="json", exclude_defaults=True, exclude_none=True, by_alias=True)
        document.setdefault("split", {"kind": experiment.split.kind})
        write_whole(path, f"{head}\n{written(document)}".encode())
    return list(paths)
