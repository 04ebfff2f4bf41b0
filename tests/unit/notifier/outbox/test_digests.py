"""When several notices go into one message."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from satark.notifier.channels.delivery import Permanent, Retry, Sent
from satark.notifier.events import Event
from satark.notifier.outbox.notices import Deliver, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.telling import Telling
from satark.schemas.incidents import IncidentOpened, Severity
from satark.schemas.notifications import Outcome
from tests.unit.notifier.outbox.outboxes import ANY, BOSS, NOW, accept, later, outcome, routing, rules
from tests.unit.notifier.scenes import LONDON, opened, resolved

TELL_ON = ("opened", "resolved")
WAIT_S, INTERVAL_S = 30.0, 300.0


def storm(count: int) -> list[IncidentOpened]:
    """Return incidents of as many links at once."""
    return [opened(entity=f"link-{number}", labels={**LONDON, "link": f"Link {number}"}) for number in range(count)]


def boxed(*receivers: str, known: Outcomes | None = None, **changes: object) -> Outbox:
    """Return an outbox in which beginnings wait half a minute, and more than five for one receiver are a digest."""
    policy = {"group_wait_s": WAIT_S, "group_interval_s": INTERVAL_S}
    group_by = changes.pop("group_by", None)
    way = routing(*receivers, tell_on=TELL_ON, group_by=group_by, **policy)
    how = {"digest_above": 5, "burst": 10, "per_hour": 30.0} | changes
    return Outbox(rules(**how), way, known or Outcomes())


def run(box: Outbox, until: datetime, *, now: datetime = NOW) -> list[tuple[datetime, Telling]]:
    """Let the mail server take all that is due until a time; return the messages and when they went."""
    sent: list[tuple[datetime, Telling]] = []
    while (action := box.next(now)) is not None:
        if isinstance(action, WaitUntil):
            if action.time > until:
                break
            now = max(now, action.time)
        elif isinstance(action, Deliver):
            box.settle(action.telling, Sent("250"), now)
            sent.append((now, action.telling))
    return sent


class TestStorm:
    def test_of_a_thousand_incidents_is_one_mail(self) -> None:
        """All that wait for the receiver go when the first of them is due."""
        box = boxed()
        for each in storm(1000):
            accept(box, each)
        ((time, telling),) = run(box, later(3600))

        assert (later(WAIT_S), 1000, ()) == (time, len(telling.parts), telling.shared)
        assert len({part.id for part in telling.parts}) == 1000

    def test_is_at_most_five_mails_with_its_end(self) -> None:
        """Incidents come over a minute, and end over a minute: nothing is lost, and nobody gets a thousand mails."""
        box, told = boxed(), []
        events: list[tuple[datetime, Event]] = [(later(n * 0.06), each) for n, each in enumerate(storm(1000))]
        events += [(later(3600 + n * 0.06), resolved(each)) for n, each in enumerate(storm(1000))]
        now = NOW
        for time, event in events:
            told += run(box, time, now=now)
            now = time
            accept(box, event, now=time, published=time)
        told += run(box, later(7200), now=now)

        assert len(told) <= 5
        assert 2000 == sum(len(telling.parts) for _, telling in told) == len({p.id for _, t in told for p in t.parts})

    def test_gravest_comes_first(self) -> None:
        """What is critical is read first."""
        box = boxed()
        events = storm(10)
        events[7] = replace(events[7], severity=Severity.CRITICAL)
        for each in events:
            accept(box, each)
        ((_, telling),) = run(box, later(60))

        assert events[7] == telling.parts[0].event

    def test_of_one_receiver_is_none_of_another(self) -> None:
        """Each is counted by itself."""
        box = boxed(ANY, BOSS)
        for each in storm(6):
            accept(box, each)

        assert [(BOSS, 6), (ANY, 6)] == sorted((t.target.name, len(t.parts)) for _, t in run(box, later(60)))

    def test_few_are_told_one_by_one(self) -> None:
        """Five incidents are five mails, each with its evidence."""
        box = boxed()
        for each in storm(5):
            accept(box, each)

        assert [1] * 5 == [len(telling.parts) for _, telling in run(box, later(60))]

    def test_that_is_refused_for_now_is_tried_again_as_it_was(self) -> None:
        """The same parts, and so the same message: a server that took it already knows it."""
        box = boxed()
        for each in storm(8):
            accept(box, each)
        first = box.next(later(WAIT_S))
        assert isinstance(first, Deliver)
        assert () == box.settle(first.telling, Retry("451"), later(WAIT_S)).settled
        accept(box, opened(entity="late"), now=later(WAIT_S + 50))
        again = box.next(later(WAIT_S + 60))
        assert isinstance(again, Deliver)

        assert first.telling.id == again.telling.id

    def test_that_is_refused_for_good_fails_each_of_its_parts(self) -> None:
        """Each incident has an outcome of its own, and so a dead letter."""
        box = boxed()
        for each in storm(6):
            accept(box, each)
        action = box.next(later(WAIT_S))
        assert isinstance(action, Deliver)
        settled = box.settle(action.telling, Permanent("550"), later(WAIT_S)).settled

        assert [Outcome.FAILED] * 6 == [each.outcome for each in settled]
        assert len(box) == 0


class TestPace:
    def test_more_than_the_bucket_holds_waits_and_becomes_a_digest(self) -> None:
        """A trickle of incidents fills the bucket; what comes then waits for others."""
        box, told, now = boxed(burst=3, per_hour=6.0), [], NOW
        for number, each in enumerate(storm(12)):
            time = later(60.0 * number)
            told += run(box, time, now=now)
            now = time
            accept(box, each, now=time, published=time)
        told += run(box, later(3600), now=now)

        assert [1, 1, 1] == [len(telling.parts) for _, telling in told[:3]]
        assert 12 == sum(len(telling.parts) for _, telling in told)
        assert len(told) <= 6

    def test_is_known_after_a_restart(self) -> None:
        """It is learnt from the outcomes: a digest counts as one message."""
        known = Outcomes()
        box = boxed(known=known, burst=1, per_hour=6.0)
        for each in storm(6):
            accept(box, each)
        action = box.next(later(WAIT_S))
        assert isinstance(action, Deliver)
        settled = box.settle(action.telling, Sent("250"), later(WAIT_S)).settled
        again = boxed(known=known, burst=1, per_hour=6.0)
        for line in settled:
            again.pace.learn(outcome(line, later(WAIT_S)), later(WAIT_S))
        accept(again, opened(entity="late"), now=later(WAIT_S))

        assert [later(WAIT_S + 600)] == [time for time, _ in run(again, later(7200), now=later(WAIT_S))]

    def test_of_long_ago_counts_no_more(self) -> None:
        """However much was told in the months before."""
        box = boxed()
        accept(box, storm(1)[0])
        action = box.next(later(WAIT_S))
        assert isinstance(action, Deliver)
        (settled,) = box.settle(action.telling, Sent("250"), later(WAIT_S)).settled
        fresh = boxed()
        for number in range(1000):
            told = replace(outcome(settled, NOW - timedelta(hours=number + 1)), message_id=f"mail-{number}")
            fresh.pace.learn(told, NOW)
        accept(fresh, opened(entity="late"))

        assert [later(WAIT_S)] == [time for time, _ in run(fresh, later(60))]


class TestGroupBy:
    def test_puts_what_shares_its_labels_into_one_message(self) -> None:
        """A site's incidents are one mail, another site's are another."""
        box = boxed(group_by=("site",))
        there = opened(entity="there", labels={**LONDON, "site": "Pune"})
        for each in (*storm(2), there):
            accept(box, each)

        assert [((("site", "London"),), 2), ((("site", "Pune"),), 1)] == sorted(
            (telling.shared, len(telling.parts)) for _, telling in run(box, later(60))
        )

    def test_next_message_of_a_group_waits_for_the_interval(self) -> None:
        """What joins later is gathered, and so are the ends."""
        box = boxed(group_by=("site",))
        first, second, third = storm(3)
        accept(box, first)
        told = run(box, later(60))
        accept(box, second, now=later(60))
        accept(box, third, now=later(70))
        accept(box, resolved(first), now=later(80))
        told += run(box, later(3600), now=later(80))

        assert [later(WAIT_S), later(WAIT_S + INTERVAL_S)] == [time for time, _ in told[:2]]
        assert [1, 3] == [len(telling.parts) for _, telling in told]

    def test_of_nothing_is_all_of_a_route_in_one(self) -> None:
        """An empty list of labels is one group."""
        box = boxed(group_by=())
        for each in (*storm(2), opened(entity="there", labels={**LONDON, "site": "Pune"})):
            accept(box, each)

        assert [3] == [len(telling.parts) for _, telling in run(box, later(60))]
