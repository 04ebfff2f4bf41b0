"""Definitions of the test data, compiled to Python when a test needs them."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from satark.sandesh.compiler.cli import main

DATA = Path(__file__).parents[2] / "data" / "sandesh"


@contextmanager
def generated(folder: Path, package: str, *files: str) -> Iterator[ModuleType]:
    """The package of that name, with a module for each file; the names of packages must differ between tests."""
    for file in files:
        assert main(["--gen", f"py:package={package}", "-out", str(folder), str(DATA / file)]) == 0
    sys.path.insert(0, str(folder))
    try:
        whole = importlib.import_module(package)
        for file in files:
            importlib.import_module(f"{package}.{Path(file).stem}")
        yield whole
    finally:
        sys.path.remove(str(folder))
