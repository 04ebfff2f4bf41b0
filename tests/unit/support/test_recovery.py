"""The table of recoveries that the fault tests print."""

import pytest
from _pytest.reports import TestReport

from tests.faults.recovery import PROPERTY, Clock, Recovery, recoveries, table


def _report(when: str, *taken: tuple[str, float]) -> TestReport:
    properties: list[tuple[str, object]] = [(PROPERTY, each) for each in taken]
    return TestReport(
        nodeid="tests/faults/test_kills.py::TestPoller::test_killed_while_reading[once]",
        location=("tests/faults/test_kills.py", 1, "test"),
        keywords={},
        outcome="passed",
        longrepr=None,
        when=when,  # type: ignore[arg-type]
        user_properties=properties,
    )


def test_a_measurement_is_counted_once() -> None:
    """Every phase of a test reports the same properties; those of the last one count."""
    reports = [_report(when, ("reads again", 1.5)) for when in ("setup", "call", "teardown")]

    assert [Recovery("kills: killed while reading[once]", "reads again", 1.5)] == recoveries(reports)


def test_what_fails_is_not_measured() -> None:
    """Only what came back has a time."""
    clock = Clock()

    with pytest.raises(ValueError, match="lost"), clock("never"):
        raise ValueError("lost")
    with clock("at once"):
        pass

    assert ["at once"] == [what for what, _ in clock.taken]


def test_the_columns_stand_below_each_other() -> None:
    """The table is as wide as its longest words."""
    rows = [Recovery("kills: a poller", "reads", 12.34), Recovery("a", "is ready again", 0.0)]

    assert [
        "fault            what came back  seconds",
        "kills: a poller  reads              12.3",
        "a                is ready again      0.0",
    ] == table(rows)
