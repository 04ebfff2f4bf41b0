"""In which order, and in what portions, pytest-xdist hands out the tests.

Tests of whole processes mostly wait, some for a minute. They go first, one by one, those that one worker must do together
before the others, so that no worker is left with them while the others have nothing more to do. The unit tests go by
modules: what the tests of a module share is made once, and not once a worker; and thousands of portions would keep the
controller busier than the tests themselves.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from xdist.scheduler import LoadGroupScheduling

FIRST = ("e2e", "faults", "integration")
"""Folders, the one with the longest tests first; all others follow."""


def rank(nodeid: str, *, together: bool = False) -> tuple[int, bool]:
    """Return a test's place in the order: by its folder, in those that go first what one worker must do `together`."""
    folder = _folder(nodeid)
    return (FIRST.index(folder), not together) if folder in FIRST else (len(FIRST), True)


def portion(nodeid: str, group: str) -> str:
    """Return the name of a test's portion; `group` is pytest-xdist's own, the test itself unless it has the mark."""
    alone = group == nodeid and _folder(nodeid) not in FIRST
    return nodeid.partition("::")[0] if alone else group


def _folder(nodeid: str) -> str:
    parts: Iterable[str] = PurePosixPath(nodeid.partition("::")[0]).parts
    return next((part for part in parts if part != "tests"), "")


class Portions(LoadGroupScheduling):  # type: ignore[misc]  # it has no types
    """`--dist loadgroup` with these portions, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return portion(nodeid, super()._split_scope(nodeid))
