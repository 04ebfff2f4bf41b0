"""Files of others that the console has: they are what their README says."""

import hashlib
import re
from importlib.resources import files

import pytest

VENDOR = files("satark.analytics") / "static" / "vendor"
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|.*\| `(?P<sum>[0-9a-f]{64})` \|$", re.MULTILINE)
SUMS = {row["name"]: row["sum"] for row in ROW.finditer((VENDOR / "README.md").read_text())}


class TestVendoredFiles:
    def test_each_is_named(self) -> None:
        """The README names every file that is there, and no other."""
        there = {file.name for file in VENDOR.iterdir()} - {"README.md"}

        assert there == set(SUMS)

    @pytest.mark.parametrize("name", sorted(SUMS))
    def test_each_is_as_published(self, name: str) -> None:
        """Each file has the sum that the README gives."""
        assert SUMS[name] == hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()
