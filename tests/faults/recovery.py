"""How long it takes until things are as they should be again, measured by the tests and shown as a table."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from _pytest.reports import TestReport

PROPERTY = "recovery"
HEADINGS = ("fault", "what came back", "seconds")


@dataclass(frozen=True, slots=True)
class Recovery:
    """One measurement."""

    fault: str
    what: str
    seconds: float


@dataclass
class Clock:
    """Measures from the moment of a fault; a test's `recovery` fixture.

    with recovery("the detector judges again"):
        await process.kill()
        ...
        await eventually(judged_again, ...)
    """

    taken: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        """Measure what is inside; nothing is kept of what fails."""
        began = monotonic()
        yield
        self.taken.append((what, monotonic() - began))


def recoveries(reports: Iterable[TestReport]) -> list[Recovery]:
    """Return what the tests of these reports measured, in the order of their names."""
    found = [
        Recovery(_fault(report.nodeid), what, seconds)
        for report in reports
        if report.when == "teardown"
        for name, value in report.user_properties
        if name == PROPERTY and isinstance(value, list | tuple)
        for what, seconds in [value]
    ]
    return sorted(found, key=lambda each: each.fault)


def table(rows: Iterable[Recovery]) -> list[str]:
    """Return the lines of a table."""
    texts = [HEADINGS, *((row.fault, row.what, f"{row.seconds:.1f}") for row in rows)]
    first, second = (max(len(row[column]) for row in texts) for column in (0, 1))
    return [f"{fault:{first}}  {what:{second}}  {seconds:>7}" for fault, what, seconds in texts]


def _fault(nodeid: str) -> str:
    file, _, test = nodeid.partition("::")
    return f"{file.rpartition('/')[2].removeprefix('test_').removesuffix('.py')}: {test.rpartition('::')[2].removeprefix('test_').replace('_', ' ')}"
