"""What is kept back by mute times and by other incidents, and what time alone brings."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from satark.notifier.channels.delivery import Sent
from satark.notifier.events import OPENED as BEGINNINGS
from satark.notifier.events import RESOLVED as ENDS
from satark.notifier.outbox.notices import Deliver, Notice, Quieted, Reason, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.outbox.subjects import Subject
from satark.notifier.routing.model import Policy
from satark.notifier.telling import Aside, Occasion
from satark.runtime.said import Said
from satark.schemas.notifications import Outcome
from tests.unit.notifier.outbox.outboxes import (
    ANY,
    NOW,
    OPENED,
    RESOLVED,
    accept,
    due,
    later,
    outcome,
    routing,
    rules,
    settle,
)
from tests.unit.notifier.sayings import seen
from tests.unit.notifier.scenes import opened

MORNING = later(3600)


@dataclass
class Night:
    """Quiet until the morning."""

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return the morning, before it."""
        return MORNING if now < MORNING else None


@dataclass
class Blackout:
    """Another incident that explains everything, while it is open."""

    is_open: bool = True

    def __call__(self, _subject: Subject) -> str | None:
        """Return the incident's id."""
        return "blackout" if self.is_open else None


def reasons(box: Outbox, now: datetime = NOW) -> list[Reason]:
    """Return what is decided of what is due."""
    action = box.next(now)
    assert isinstance(action, Quieted)
    return [each.reason for each in action.settled]


class TestMuteTimes:
    def box(self) -> Outbox:
        """Return an outbox whose route is quiet at night."""
        return Outbox(rules(), routing(tell_on=(BEGINNINGS, ENDS), times=Night()), Outcomes())

    def test_keep_a_beginning_until_they_are_over(self) -> None:
        """Then it is told as it is, and says what kept it."""
        box = self.box()
        accept(box, OPENED)

        assert [Reason.MUTED] == reasons(box)
        assert WaitUntil(MORNING) == box.next(NOW)
        tried = due(box, MORNING)
        assert (OPENED, "mute times") == (tried.event, tried.aside.kept_back_by)

    def test_what_is_over_by_then_is_not_told(self) -> None:
        """Nobody is woken, and nobody reads of it in the morning."""
        box = self.box()
        accept(box, OPENED)
        reasons(box)
        settled = accept(box, RESOLVED, now=later(60)).settled

        assert [Reason.OVER_IN_SILENCE, Reason.NEVER_TOLD] == [each.reason for each in settled]
        assert box.next(MORNING) is None

    def test_the_end_of_what_was_told_comes_in_the_morning(self) -> None:
        """As the end, and not as what still lasts."""
        known = Outcomes()
        day = Outbox(rules(), routing(tell_on=(BEGINNINGS, ENDS)), known)
        accept(day, OPENED)
        told = settle(day, due(day), Sent(), NOW)
        assert told is not None
        known.learn(outcome(told, NOW))
        night = Outbox(rules(), routing(tell_on=(BEGINNINGS, ENDS), times=Night()), known)
        accept(night, RESOLVED)
        assert [Reason.MUTED] == reasons(night)
        tried = due(night, MORNING)

        assert (RESOLVED, None, "") == (tried.event, tried.aside.latest, tried.aside.kept_back_by)


class TestInhibition:
    def test_keeps_back_while_the_other_is_open(self) -> None:
        """It is told once nothing explains it any more."""
        blackout = Blackout()
        box = Outbox(rules(), routing(tell_on=(BEGINNINGS, ENDS)), Outcomes(), inhibitor=blackout)
        accept(box, OPENED)
        assert [Reason.INHIBITED] == reasons(box)
        assert [] == reasons(box, later(60))
        blackout.is_open = False
        box.reconsider(later(70))

        assert "another incident that explains it" == due(box, later(70)).aside.kept_back_by

    def test_says_which_incident_it_is(self) -> None:
        """In the outcome, which is not the last word."""
        box = Outbox(rules(), routing(), Outcomes(), inhibitor=Blackout())
        accept(box, OPENED)
        action = box.next(NOW)
        assert isinstance(action, Quieted)

        assert [(Outcome.SILENCED, "the incident blackout explains it", False)] == [
            (each.outcome, each.detail, each.is_over) for each in action.settled
        ]


class TestFollowUps:
    """Reminders and escalations."""

    TREE = routing(tell_on=(BEGINNINGS, ENDS))

    def scene(self) -> tuple[Outbox, Outcomes, Said]:
        """Return an outbox that has told of an incident."""
        known, said = Outcomes(), Said()
        box = Outbox(rules(), self.TREE, known, said)
        accept(box, OPENED)
        told = settle(box, due(box), Sent(), NOW)
        assert told is not None
        known.learn(outcome(told, NOW))
        return box, known, said

    def reminder(self, count: int = 1, occasion: Occasion = Occasion.REMINDER) -> Notice:
        """Return a reminder."""
        (target,) = self.TREE.targets("noc")
        return Notice(f"again-{count}", target, Policy(), OPENED, None, Aside(occasion=occasion, count=count))

    def test_are_told_once(self) -> None:
        """The same again is known to be over."""
        box, known, _ = self.scene()
        assert box.follow_up(self.reminder(), NOW)
        tried = due(box)
        settled = settle(box, tried, Sent(), NOW)
        assert settled is not None
        known.learn(outcome(settled, NOW))

        assert (Occasion.REMINDER, 1) == (tried.aside.occasion, tried.aside.count)
        assert not box.follow_up(self.reminder(), NOW)

    def test_that_wait_are_not_taken_in_twice(self) -> None:
        """They are in hand."""
        box, _, _ = self.scene()

        assert [True, True] == [box.follow_up(self.reminder(), NOW) for _ in range(2)]
        assert len(box) == 1

    @pytest.mark.parametrize("occasion", [Occasion.REMINDER, Occasion.ESCALATION])
    def test_are_not_told_of_what_somebody_has_seen(self, occasion: Occasion) -> None:
        """That was all they were for."""
        box, _, said = self.scene()
        box.follow_up(self.reminder(occasion=occasion), NOW)
        said.take(seen(OPENED))

        assert [Reason.ACKNOWLEDGED] == reasons(box)

    def test_are_not_told_of_what_is_over(self) -> None:
        """The end is told instead."""
        box, _, _ = self.scene()
        box.follow_up(self.reminder(), NOW)
        settled = accept(box, RESOLVED).settled

        assert [Reason.SUPERSEDED] == [each.reason for each in settled]
        assert due(box).event == RESOLVED

    def test_go_when_their_partition_does(self) -> None:
        """The next owner makes them anew."""
        box, _, _ = self.scene()
        box.follow_up(self.reminder(), NOW)

        assert frozenset({"again-1"}) == box.follow_ups()
        assert frozenset() == box.drop(box.follow_ups())
        assert (0, ANY) == (len(box), self.reminder().target.name)


class TestEndOfASource:
    def test_lets_go_what_it_explained_and_nothing_else(self) -> None:
        """What another incident explains waits on, unasked; what is told is explained no more."""
        sources = {"link-1": "outage", "link-2": "strike"}
        box = Outbox(rules(), routing(), Outcomes(), inhibitor=lambda it: sources.get(it["entity"]))
        first, second = opened(entity="link-1"), opened(entity="link-2")
        accept(box, first)
        accept(box, second)
        assert [Reason.INHIBITED] * 2 == reasons(box)
        del sources["link-1"]

        assert not box.unexplain("another", later(5))
        assert box.unexplain("outage", later(5))

        assert first == due(box, later(5)).event
        assert WaitUntil(later(60)) == box.next(later(5))
        assert not box.unexplain("outage", later(5))


class TestTogether:
    def test_what_is_still_kept_back_goes_with_no_other(self) -> None:
        """When it is looked at again it may wait on, while others of its digest go."""
        explains: set[str] = {"link-1"}
        way = routing(tell_on=(BEGINNINGS, ENDS), group_by=("edge",))
        box = Outbox(rules(), way, Outcomes(), inhibitor=lambda it: "outage" if it["entity"] in explains else None)
        first, second = opened(entity="link-1"), opened(entity="link-2")
        accept(box, first)
        assert [Reason.INHIBITED] == reasons(box)
        accept(box, second, now=later(59))

        found = [box.next(later(60)) for _ in range(2)]

        (told,) = [each.telling for each in found if isinstance(each, Deliver)]
        assert [second] == [part.event for part in told.parts]
        assert 1 == box.held
