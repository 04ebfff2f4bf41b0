from datetime import UTC, datetime, timedelta

from satark.runtime.checking.findings import State
from satark.runtime.checking.outcomes import outcomes_found
from satark.schemas.notifications import Notification, Outcome

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def told(outcome: Outcome, *, age: timedelta = timedelta(hours=1), detail: str | None = None) -> Notification:
    """Return what became of telling somebody by mail."""
    return Notification(
        id="n",
        event="e",
        incident="i",
        entity="wan-link/vco/1/a",
        channel="email",
        receiver="noc@example.net",
        outcome=outcome,
        time=NOW - age,
        attempts=1,
        detail=detail,
    )


def test_mails_that_were_accepted_are_counted() -> None:
    """Those that were not to be told are no fault, and not counted."""
    [found] = outcomes_found([told(Outcome.SENT), told(Outcome.SENT), told(Outcome.SILENCED)], NOW)

    assert (State.OK, "email", "2 sent within a day") == (found.state, found.what, found.detail)


def test_some_that_failed_are_a_warning_with_the_last_reason() -> None:
    """The reason is the server's, in characters that cannot move the cursor."""
    older = told(Outcome.FAILED, age=timedelta(hours=2), detail="550 no")
    failed = [older, told(Outcome.FAILED, detail="554 \x1b[2J")]

    [found] = outcomes_found([told(Outcome.SENT), *failed], NOW)

    assert State.WARN == found.state
    assert "1 sent within a day, 2 given up, the last 60 min ago: 554 \\x1b[2J" == found.detail


def test_nothing_but_failures_is_bad() -> None:
    """Then nobody hears of anything."""
    assert State.BAD == outcomes_found([told(Outcome.FAILED)], NOW)[0].state


def test_what_failed_long_ago_is_over() -> None:
    """A day later it says nothing of the present."""
    [found] = outcomes_found([told(Outcome.FAILED, age=timedelta(days=2))], NOW)

    assert (State.OK, "none within a day") == (found.state, found.detail)
