"""The clock of the tests in this folder, and the table of what it measured."""

from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.reports import TestReport

from tests.faults.recovery import PROPERTY, Clock, recoveries, table


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show how long each recovery took."""
    reports = [each for found in terminalreporter.stats.values() for each in found if isinstance(each, TestReport)]
    if rows := recoveries(reports):
        terminalreporter.section("recoveries")
        for line in table(rows):
            terminalreporter.write_line(line)


@pytest.fixture
def recovery(request: pytest.FixtureRequest) -> Iterator[Clock]:
    """Measures how long something takes to be well again."""
    clock = Clock()
    yield clock
    request.node.user_properties.extend((PROPERTY, taken) for taken in clock.taken)
