from datetime import datetime

import pytest

from satark.notifier.events import incident_of
from satark.notifier.routing.model import Policy
from satark.notifier.standing import agenda as agendas
from satark.notifier.standing.agenda import Agenda
from satark.notifier.standing.due import LOOK_AGAIN_S
from satark.notifier.standing.standing import Position, Standing
from satark.notifier.telling import Occasion
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from tests.unit.notifier.group_scenes import group, incident
from tests.unit.notifier.scenes import NOON, resolved, updated
from tests.unit.notifier.standing.standings import ELSEWHERE, HOUR_S, INCIDENT, OPENED, PLACE, later, link, told, tree

CALM = Policy(repeat_interval_s=HOUR_S)


class Desk:
    """An agenda over what is open, and the hand that does what is due."""

    def __init__(self, *owned: Position) -> None:
        self.standing = Standing()
        self.said = Said()
        self.agenda = Agenda(self.standing, self.said, tree(CALM))
        self.agenda.own(owned or (PLACE,))

    def begin(self, number: int = 0) -> str:
        """A link's incident begins, and the NOC is told of it."""
        event = link(number)
        self.standing.learn(event, PLACE)
        told(self.standing, event.incident)
        return event.incident

    def due(self, seconds: float) -> list[str]:
        """Return the incidents of which something is due, so many seconds after noon."""
        found: list[str] = []
        now = later(seconds)
        while (time := self.agenda.next_due()) is not None and time <= now:
            found += [incident_of(each.event) for each in self.agenda.due(now)]
        return found

    def next(self, seconds: float) -> datetime | None:
        """Do what is due, and return when there will be more."""
        self.due(seconds)
        return self.agenda.next_due()


class TestDue:
    def test_says_when_to_ask(self) -> None:
        """Nobody has to ask again and again."""
        desk = Desk()
        assert desk.next(0) is None

        desk.begin()
        assert later(HOUR_S) == desk.next(0)

    def test_hands_out_once(self) -> None:
        """What is in hand does not come again, also when the incident changes meanwhile."""
        desk = Desk()
        name = desk.begin()
        assert [name] == desk.due(HOUR_S)
        assert desk.agenda.next_due() is None

        desk.standing.learn(updated(link(0)), PLACE)
        assert [] == desk.due(HOUR_S + 1)

    def test_goes_on_when_it_was_told(self) -> None:
        """Then the next is due an interval later."""
        desk = Desk()
        name = desk.begin()
        desk.due(HOUR_S)
        told(desk.standing, name, seconds=HOUR_S, occasion=Occasion.REMINDER, count=1)

        assert later(2 * HOUR_S) == desk.next(HOUR_S)
        assert [name] == desk.due(2 * HOUR_S)

    def test_is_due_again_when_it_is_released(self) -> None:
        """What could not be taken on comes again."""
        desk = Desk()
        name = desk.begin()
        (followup,) = desk.agenda.due(later(HOUR_S))
        desk.agenda.release(followup)

        assert [name] == desk.due(HOUR_S)

    def test_ends_with_the_incident(self) -> None:
        """Nothing is due of what is over, and nothing comes back of it."""
        desk = Desk()
        desk.begin()
        (followup,) = desk.agenda.due(later(HOUR_S))
        desk.standing.learn(resolved(link(0)), PLACE)
        desk.agenda.release(followup)

        assert desk.agenda.next_due() is None

    def test_stays_away_while_it_is_seen(self) -> None:
        """A word that is taken back brings it back."""
        desk = Desk()
        name = desk.begin()
        desk.said.take(Acknowledgement.of(incident=name, entity="link", time=NOON, by="asha"))
        assert later(HOUR_S + LOOK_AGAIN_S) == desk.next(HOUR_S)

        desk.said.acknowledgements.remove(name)
        assert [] == desk.due(HOUR_S + 1)
        desk.agenda.reconsider()
        assert [name] == desk.due(HOUR_S + 1)

    def test_leaves_members_to_their_group(self) -> None:
        """What is told as one is repeated as one."""
        desk = Desk()
        members = [incident(number) for number in range(3)]
        for each in members:
            desk.standing.learn(each, PLACE)
            told(desk.standing, each.incident)
        event = group(*members)
        desk.standing.learn(event, PLACE)
        told(desk.standing, event.group)

        assert [event] == [each.event for _ in range(3) for each in desk.agenda.due(later(HOUR_S))]

    def test_is_done_in_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However much is due, one call returns soon; nothing is left out."""
        monkeypatch.setattr(agendas, "AT_ONCE", 7)
        desk = Desk()
        names = {desk.begin(number) for number in range(50)}
        first = [incident_of(each.event) for each in desk.agenda.due(later(HOUR_S))]

        assert 7 == len(first)
        assert names == {*first, *desk.due(HOUR_S)}

    def test_forgets_times_that_count_no_more(self) -> None:
        """However often an incident changes, the agenda stays small."""
        desk = Desk()
        desk.begin()
        for sequence in range(1, 5_000):
            desk.standing.learn(updated(link(0), sequence=sequence), PLACE)

        assert len(desk.agenda._heap) < 2_000
        assert later(HOUR_S) == desk.next(0)


class TestOwn:
    def test_others_do_theirs(self) -> None:
        """Who does not read an incident's events says nothing of it."""
        desk = Desk(ELSEWHERE)
        desk.begin()

        assert [] == desk.due(HOUR_S)
        assert desk.agenda.next_due() is None

    def test_takes_over(self) -> None:
        """Whoever gets the partition does what is due of it; who had it does not."""
        one, other = Desk(PLACE), Desk(ELSEWHERE)
        name = one.begin()
        for known in one.standing.every():
            other.standing.take(known)
        one.agenda.own([ELSEWHERE])
        other.agenda.own([PLACE])

        assert ([], [name]) == (one.due(HOUR_S), other.due(HOUR_S))

    def test_what_was_in_hand_is_due_at_the_next_owner(self) -> None:
        """Also if that is the same process, after a while."""
        desk = Desk()
        name = desk.begin()
        desk.due(HOUR_S)
        desk.agenda.own(())
        desk.agenda.own((PLACE,))

        assert [name] == desk.due(HOUR_S)

    def test_what_stays_is_not_handed_out_again(self) -> None:
        """A partition more changes nothing for those that were there."""
        desk = Desk()
        desk.begin()
        desk.due(HOUR_S)
        desk.agenda.own((PLACE, ELSEWHERE))

        assert [] == desk.due(HOUR_S)

    def test_events_may_move_to_another_partition(self) -> None:
        """Then it is the other's."""
        desk = Desk()
        desk.standing.learn(OPENED, PLACE)
        told(desk.standing)
        desk.standing.learn(updated(OPENED), ELSEWHERE)

        assert [] == desk.due(HOUR_S)
        assert desk.standing.get(INCIDENT) is not None


class TestReroute:
    def test_new_routes_count_at_once(self) -> None:
        """A shorter interval is due at once, a longer one later."""
        desk = Desk()
        name = desk.begin()
        desk.due(600)
        desk.agenda.reroute(tree(Policy(repeat_interval_s=600)))
        assert [name] == desk.due(600)

        desk = Desk()
        desk.begin()
        desk.agenda.reroute(tree(Policy(repeat_interval_s=3 * HOUR_S)))
        assert later(3 * HOUR_S) == desk.next(HOUR_S)
