"""Which incidents are told with their group, and by no mail of their own."""

import pytest
from msgspec.structs import replace

from satark.notifier.events import Event, first_event, incident_of, is_group, is_historical, state_of
from satark.notifier.outbox.grouping import Groups, may_join
from satark.notifier.outbox.notices import Reason, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Attempt, Outcomes
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.notifications import Outcome
from tests.unit.notifier.group_scenes import MINUTE, group, incident, over
from tests.unit.notifier.outbox.outboxes import ANY, NOW, accept, due, later, reasons, routing, rules
from tests.unit.notifier.scenes import NOON, blind, opened, resolved, updated

A, B, C, D = (incident(number) for number in range(4))
GROUP = group(A, B, C)
WAIT_S = 30.0


def waiting(*, tell_on: tuple[str, ...] = ("opened", "resolved"), outcomes: Outcomes | None = None) -> Outbox:
    """Return an outbox in which beginnings wait."""
    known = Outcomes() if outcomes is None else outcomes
    return Outbox(rules(), routing(tell_on=tell_on, group_wait_s=WAIT_S), known)


class TestEvents:
    @pytest.mark.parametrize(
        ("event", "state"),
        [(GROUP, "opened"), (group(A, B, C, sequence=1), "updated"), (over(A, B, C), "resolved"), (A, "opened")],
    )
    def test_a_group_is_told_like_an_incident(self, event: Event, state: str) -> None:
        """Both are opened, updated and resolved, and neither of these is history."""
        assert (state, False) == (state_of(event), is_historical(event))

    def test_a_group_s_thread_is_its_own(self) -> None:
        """All its mails refer to its first event."""
        assert GROUP.group == incident_of(over(A, B, C))
        assert GROUP.id == first_event(over(A, B, C))
        assert A.id == first_event(resolved(A))
        assert (True, False) == (is_group(GROUP), is_group(A))


class TestGroups:
    def test_holds_the_named_members(self) -> None:
        """Who is named is a member, also when the group is over; who is not named is none."""
        groups = Groups()
        groups.learn(GROUP)
        groups.learn(over(A, B, C))

        assert [True, True, True, False] == [groups.holds(each) for each in (A, B, C, D)]

    def test_an_older_event_changes_nothing(self) -> None:
        """Groups are read twice, by two readers, in any order."""
        groups = Groups()
        groups.learn(group(A, B, C, D, sequence=1))
        groups.learn(GROUP)

        assert groups.holds(D)

    def test_members_beyond_what_an_event_names(self) -> None:
        """Of a group that is larger than its event, who fits is a member while it is open, and nobody else."""
        groups = Groups()
        groups.learn(group(A, B, C, member_count=9_000))
        elsewhere = incident(5, isp="Another")
        earlier = replace(D, opened_at=NOON - 16 * MINUTE)

        assert [True, False, False] == [groups.holds(each) for each in (D, elsewhere, earlier)]
        groups.learn(over(A, B, C, sequence=2))
        assert [True, False] == [groups.holds(each) for each in (A, D)]

    def test_is_bounded(self) -> None:
        """The oldest groups are forgotten."""
        groups = Groups(limit=1)
        groups.learn(GROUP)
        groups.learn(group(D))

        assert [False, True] == [groups.holds(each) for each in (A, D)]

    def test_who_may_join(self) -> None:
        """An orchestrator that cannot be read, or a link that shares nothing with others, is told at once."""
        assert may_join(A)
        assert not may_join(blind())
        assert not may_join(opened(labels={"orchestrator": "vco", "enterprise_id": "1", "edge": "E"}))


class TestOutbox:
    def test_a_beginning_waits_for_others(self) -> None:
        """A link's mail goes out when no group came; a blind orchestrator's does not wait."""
        box = waiting()
        accept(box, A)

        assert WaitUntil(later(WAIT_S)) == box.next(NOW)
        assert A == due(box, later(WAIT_S)).event
        accept(box, blind())
        assert blind() == due(box).event

    def test_a_group_is_told_in_place_of_its_members(self) -> None:
        """Members that wait are told with the group, which does not wait."""
        box = waiting()
        for each in (A, B, C, D):
            accept(box, each)
        settled = box.absorb(GROUP)
        accept(box, GROUP)

        assert [(each.incident, Reason.GROUPED) for each in (A, B, C)] == [
            (incident_of(each.notice.event), each.reason) for each in settled
        ]
        assert {Outcome.SUPPRESSED} == {each.outcome for each in settled}
        assert GROUP == due(box).event
        assert D == due(box, later(WAIT_S)).event

    def test_a_group_takes_no_members_along(self) -> None:
        """Who reads a group's event as its own before it follows it tells the group alone, however many wait."""
        links = [incident(number) for number in range(20)]
        box = waiting()
        for each in links:
            accept(box, each)
        told = group(*links)

        assert [("IncidentOpened", Reason.GROUPED)] * 20 == reasons(accept(box, told))
        assert told == due(box).event
        assert 1 == len(box)

    def test_members_that_come_after_the_group_are_not_told(self) -> None:
        """Neither their beginning nor their end is; the group's end is."""
        box = waiting(tell_on=("opened", "updated", "resolved"))
        box.absorb(GROUP)

        assert [("IncidentOpened", Reason.GROUPED)] == reasons(accept(box, A))
        assert [("IncidentUpdated", Reason.GROUPED)] == reasons(accept(box, updated(A)))
        assert [("IncidentResolved", Reason.GROUPED)] == reasons(accept(box, resolved(A, sequence=2)))
        assert [] == reasons(accept(box, GROUP))
        assert [] == reasons(accept(box, over(A, B, C)))

    def test_what_was_told_is_told_to_its_end(self) -> None:
        """A link that was told of before there was a group is told of when it is well again."""
        outcomes = Outcomes()
        outcomes.note(A.incident, "email", ANY, Attempt(Outcome.SENT, NOW, None))
        box = waiting(outcomes=outcomes)
        accept(box, resolved(A))

        assert () == box.absorb(GROUP)
        assert resolved(A) == due(box).event

    def test_what_is_on_its_way_is_not_called_back(self) -> None:
        """A mail that is being sent, or was tried, goes its way."""
        box = waiting()
        accept(box, A)
        due(box, later(WAIT_S))
        accept(box, resolved(A))

        assert () == box.absorb(GROUP)
        assert 2 == len(box)

    def test_who_wants_ends_only_gets_the_group_s(self) -> None:
        """With `TELL_ON=resolved` members' ends are not told either."""
        box = waiting(tell_on=("resolved",))
        box.absorb(GROUP)
        accept(box, resolved(A))

        assert [("IncidentResolved", Reason.GROUPED)] == reasons(accept(box, resolved(B)))
        assert [] == reasons(accept(box, over(A, B, C)))

    def test_a_storm_is_one_mail(self) -> None:
        """Five hundred links of one provider are one mail when they open and one when they are over."""
        links = [incident(number) for number in range(500)]
        box = waiting()
        told: list[IncidentGroupEvent] = [group(*links), over(*links)]
        for each in links:
            accept(box, each)
        box.absorb(told[0])
        accept(box, told[0])
        for each in links:
            accept(box, resolved(each))
        box.absorb(told[1])
        accept(box, told[1])

        assert 2 == len(box)
