"""What the outbox makes of a wall clock that is set back."""

from satark.notifier.channels.delivery import Retry, Sent
from satark.notifier.outbox.notices import Quieted, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.runtime.said import Said
from satark.schemas.notifications import Notification
from tests.unit.notifier.outbox.outboxes import (
    NOW,
    OPENED,
    OTHER,
    RESOLVED,
    accept,
    due,
    later,
    outbox,
    outcome,
    routing,
    rules,
    settle,
)
from tests.unit.notifier.sayings import silence

AHEAD = later(3_600)
"""The clock was an hour ahead, and is at NOW when that is seen."""


def test_what_came_before_is_due_at_once() -> None:
    """The end of an incident is told behind its beginning, and not an hour later."""
    box = outbox()
    accept(box, OPENED, now=AHEAD)
    first = due(box, AHEAD)
    accept(box, RESOLVED, now=AHEAD)
    settle(box, first, Sent("250"), NOW)

    assert RESOLVED == due(box).event


def test_attempts_keep_their_distance() -> None:
    """What was put off for a minute waits for a minute, also when the whole server is down."""
    for reply in (Retry("451"), Retry("down", whole=True)):
        box = outbox()
        accept(box, OPENED, now=AHEAD)
        settle(box, due(box, AHEAD), reply, AHEAD)
        box.next(AHEAD)

        assert WaitUntil(later(60)) == box.next(NOW)


def test_a_receiver_that_was_told_too_often_waits_no_longer() -> None:
    """Its next message is as far away as it was."""
    box = Outbox(rules(burst=1, per_hour=60.0), routing(), Outcomes())
    accept(box, OPENED, now=AHEAD)
    settle(box, due(box, AHEAD), Sent("250"), AHEAD)
    accept(box, OTHER, now=AHEAD)
    box.next(AHEAD)

    assert WaitUntil(later(60)) == box.next(NOW)


def test_what_another_told_by_a_clock_that_is_ahead_counts_as_of_now() -> None:
    """The outcome of another process slows a receiver down for a minute, not for an hour."""
    box = Outbox(rules(burst=1, per_hour=60.0), routing(), Outcomes())
    box.pace.learn(_told_ahead(), NOW)
    accept(box, OTHER)

    assert WaitUntil(later(60)) == box.next(NOW)


def test_a_silence_ends_when_people_said() -> None:
    """Its end is a time of people's, whatever the clock was when it began to count."""
    said = Said()
    said.take(silence(length_s=7_200))
    box = Outbox(rules(), routing(), Outcomes(), said)
    accept(box, OPENED, now=AHEAD)
    assert isinstance(box.next(AHEAD), Quieted)
    box.next(AHEAD)
    box.next(NOW)

    assert WaitUntil(later(7_200)) == box.next(NOW)


def _told_ahead() -> Notification:
    box = outbox()
    accept(box, OPENED)
    settled = settle(box, due(box), Sent("250"), NOW)
    assert settled is not None
    return outcome(settled, AHEAD)
