import re

import pytest

from tests.support.environment import REPOSITORY

TABLE = REPOSITORY / "libs" / "sandesh" / "CONFORMANCE.md"
SOURCE = REPOSITORY / "libs" / "sandesh" / "src" / "satark" / "sandesh"


def named() -> list[str]:
    """What the table names of code and tests; a file without a folder is in the folder of the one before it."""
    names: list[str] = []
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        cells = row.split("|")[2:4] if row.startswith("|") else []
        for cell in cells:
            folder = ""
            for name in re.findall(r"`([a-z_0-9./]+)`", cell):
                path = name if "/" in name or not name.endswith(".py") else f"{folder}/{name}"
                folder = path.rpartition("/")[0]
                names.append(path)
    return sorted(set(names))


@pytest.mark.parametrize("name", named())
def test_names_are_there(name: str) -> None:
    """Every module and test that the table of conformance names exists."""
    assert any((root / name).exists() for root in (SOURCE, REPOSITORY / "tests"))


def test_there_are_rows() -> None:
    """The table has rows to look at."""
    assert 50 < len(named())
