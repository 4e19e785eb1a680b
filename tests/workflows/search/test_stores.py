"""Tests that workflows use only the protocols of the store, the registry and the access log."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import recsys
from recsys.registry.mlflow_access_log import MlflowAccessLog
from recsys.registry.mlflow_registry import MlflowRegistry
from recsys.registry.protocols import AccessLog, Registry
from recsys.tracking.mlflow.store import MlflowStore
from recsys.tracking.store import Store

PACKAGE = Path(recsys.__file__).parent
ADAPTER = re.compile(r"\bMlflow(Store|Registry|AccessLog|Tracker|Files)\b|\btracking\.mlflow\b|\bregistry\.mlflow_")
OWN_ROOMS = ("tracking/mlflow/", "registry/")


def test_one_file_outside_the_adapters_names_them() -> None:
    """Found by their text, so that imports in functions and for type checkers count too."""
    naming = {
        path
        for path in (file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))
        if not path.startswith(OWN_ROOMS) and ADAPTER.search((PACKAGE / path).read_text(encoding="utf-8"))
    }
    assert naming == {"workflows/search/stores.py"}


@pytest.mark.parametrize(
    ("adapter", "protocol"), [(MlflowStore, Store), (MlflowRegistry, Registry), (MlflowAccessLog, AccessLog)]
)
def test_an_adapter_offers_what_its_protocol_promises_and_nothing_more(adapter: type, protocol: type) -> None:
    """What only an adapter has, no other store would have to offer; so no workflow may come to use it."""
    assert public(adapter) == public(protocol)


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_workflows_are_imported_without_mlflow() -> None:
    program = (
        "import sys, recsys.workflows.search.sweep, recsys.workflows.promotion.promote, recsys.cli.entry\n"
        "assert 'mlflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
