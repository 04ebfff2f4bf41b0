"""Whose turn it is."""

from datetime import datetime

from satark.notifier.outbox.notices import Entry, Notice
from satark.notifier.outbox.pauses import Pauses
from satark.notifier.outbox.queues import Queues
from satark.notifier.outbox.turns import SLACK, Heap
from tests.unit.notifier.outbox.outboxes import ANY, NOW, later, routing
from tests.unit.notifier.scenes import opened, resolved, updated


def entry(name: str, due: datetime = NOW, *, sequence: int = 0, stale: bool = False) -> Entry:
    """Return a notice that waits."""
    first = opened(entity=name)
    event = (first, updated(first), resolved(first, sequence=2))[sequence]
    (leg,) = routing(ANY).legs({})
    notice = Notice(event.id, leg.target, leg.policy, event, None)
    return Entry(notice, accepted_at=NOW, due=due, stale=stale, latest=event)


def filled(*entries: Entry) -> Queues:
    """Return queues with some entries."""
    queues = Queues()
    for each in entries:
        queues.add(each)
    return queues


def taken(queues: Queues, now: datetime = NOW) -> list[Entry]:
    """Return what is due."""
    return list(queues.turns.taken(now, (), Pauses()))


class TestTurns:
    def test_come_by_time_then_by_order(self) -> None:
        """Who came first is first among those of one time; who is not due waits."""
        late, second, third, first = entry("a", later(9)), entry("b"), entry("c"), entry("d", later(-1))
        queues = filled(late, second, third, first)

        assert [first, second, third] == taken(queues)
        assert later(9) == queues.turns.next_due((), Pauses())

    def test_of_one_queue_only_the_head_has_one(self) -> None:
        """The one behind it has its turn when it is gone."""
        head, behind = entry("a"), entry("a", sequence=1)
        queues = filled(head, behind)
        assert [head] == taken(queues)

        queues.remove(head)

        assert [behind] == taken(queues)

    def test_what_is_in_flight_has_none(self) -> None:
        """It is planned when it is known how that ended."""
        one = entry("a")
        queues = filled(one)
        queues.send(one)
        assert [] == taken(queues)

        one.in_flight = False
        queues.plan(one, later(5))

        assert [] == taken(queues)
        assert [one] == taken(queues, later(5))

    def test_a_new_plan_replaces_the_old_one(self) -> None:
        """Nobody has two turns."""
        one = entry("a")
        queues = filled(one)
        for seconds in (7, 3, 5):
            queues.plan(one, later(seconds))

        assert [] == taken(queues, later(4))
        assert [one] == taken(queues, later(9))

    def test_what_is_busy_is_left_out(self) -> None:
        """Its turn comes when the endpoint is free."""
        queues = filled(entry("a"))

        assert [] == list(queues.turns.taken(NOW, {"email"}, Pauses()))
        assert queues.turns.next_due({"email"}, Pauses()) is None


class TestBeside:
    def test_what_is_kept_back_goes_with_others_when_it_is_due(self) -> None:
        """What was old when it came as well; before that they are for later."""
        one, held, old = entry("a"), entry("b"), entry("c", later(8), stale=True)
        queues = filled(one, held, old)
        queues.hold(held, later(5))
        queues.turns.wake(NOW)
        assert [one] == list(queues.turns.beside(one))

        queues.turns.wake(later(8))

        assert [one, held, old] == list(queues.turns.beside(one))

    def test_what_was_tried_goes_with_nothing_new(self) -> None:
        """It goes again as it went."""
        one, other = entry("a"), entry("b")
        queues = filled(one, other)
        other.attempts = 1
        queues.plan(other, NOW)

        assert [one] == list(queues.turns.beside(one))


class TestHeap:
    def test_forgets_plans_that_are_out_of_date(self) -> None:
        """However often one entry is planned anew, little is kept."""
        heap, one = Heap(), entry("a")
        for turn in range(1, 10 * SLACK):
            one.turn = turn
            heap.push(one)

        assert len(heap) <= 2 * SLACK
        assert one is heap.first()
