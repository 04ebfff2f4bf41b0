from datetime import datetime, timedelta

from msgspec.structs import replace

from satark.notifier.routing.model import Beat
from satark.notifier.standing.heartbeats import (
    KEEPER,
    Counts,
    Tally,
    heartbeats,
    next_heartbeat,
    outcome_of,
    slot,
)
from satark.notifier.telling import Heartbeat
from satark.schemas.codec import decode, encode
from satark.schemas.incidents import incident_event_id
from satark.schemas.notifications import Notification, Outcome, notification_id
from tests.unit.notifier.scenes import NOON
from tests.unit.notifier.standing.standings import ELSEWHERE, HOUR_S, later, tree

HOURLY = tree(beat=Beat(("noc", "boss"), HOUR_S))
NOBODY = tree()


def outcome(
    incident: str = "i1", *, seconds: float = 0.0, sequence: int = 0, how: Outcome = Outcome.SENT, to: str = "noc"
) -> Notification:
    """Return how telling somebody of an event ended."""
    event = incident_event_id(incident, sequence)
    return Notification(
        id=notification_id(event, "email", to),
        event=event,
        incident=incident,
        entity="link",
        channel="email",
        receiver=to,
        outcome=how,
        time=later(seconds),
        attempts=1,
    )


def due(tally: Tally, seconds: float = 0.0) -> list[Heartbeat]:
    """Return which signs of life are due."""
    return heartbeats(HOURLY, {KEEPER}, tally, later(seconds), open_incidents=3, failing=["boss/slack"])


def send(tally: Tally, *beats: Heartbeat, how: Outcome = Outcome.SENT, after: timedelta = timedelta()) -> None:
    """Send signs of life, and learn of it."""
    for each in beats:
        tally.learn(outcome_of(each, how, each.time + after, attempts=1, detail="250"))


class TestHeartbeats:
    def test_one_is_due_for_each_target_in_each_slot(self) -> None:
        """When it was sent, none is until the next slot begins."""
        tally = Tally()
        first = due(tally, 1800)
        assert ["noc@example.net", "boss@example.net"] == [each.target.name for each in first]

        send(tally, *first)
        assert [] == due(tally, HOUR_S - 1)
        assert 2 == len(due(tally, HOUR_S))

    def test_the_same_slot_has_the_same_id(self) -> None:
        """So that a restart repeats none."""
        assert [each.id for each in due(Tally(), 0)] == [each.id for each in due(Tally(), HOUR_S - 1)]
        assert {each.id for each in due(Tally(), 0)}.isdisjoint(each.id for each in due(Tally(), HOUR_S))

    def test_after_a_long_outage_one_is_due(self) -> None:
        """It tells of all the time since the last one."""
        tally = Tally()
        send(tally, *due(tally))
        late = due(tally, 48 * HOUR_S)

        assert [NOON, NOON] == [each.since for each in late]

    def test_one_that_failed_is_not_repeated(self) -> None:
        """The next slot has the next, which tells of both."""
        tally = Tally()
        send(tally, *due(tally))
        send(tally, *due(tally, HOUR_S), how=Outcome.FAILED)

        assert [] == due(tally, HOUR_S + 60)
        assert NOON == due(tally, 2 * HOUR_S)[0].since

    def test_one_that_was_late_does_not_cost_the_next(self) -> None:
        """Slots do not move with the mail server."""
        tally = Tally()
        send(tally, *due(tally), after=timedelta(seconds=HOUR_S + 60))

        assert 2 == len(due(tally, HOUR_S + 120))

    def test_says_what_is_open_and_what_fails(self) -> None:
        """The first one tells of one interval."""
        beat = due(Tally())[0]

        assert (3, ("boss/slack",), later(-HOUR_S)) == (beat.open_incidents, beat.failing, beat.since)

    def test_one_process_sends_them(self) -> None:
        """It is the one that reads the first partition of the incidents."""
        assert [] == heartbeats(HOURLY, {ELSEWHERE}, Tally(), NOON, open_incidents=0)
        assert next_heartbeat(HOURLY, {ELSEWHERE}, NOON) is None

    def test_nobody_has_to_get_any(self) -> None:
        """Without a heartbeat in the routes there is none."""
        assert [] == heartbeats(NOBODY, {KEEPER}, Tally(), NOON, open_incidents=0)
        assert next_heartbeat(NOBODY, {KEEPER}, NOON) is None

    def test_the_next_is_due_when_the_next_slot_begins(self) -> None:
        """Slots begin where they always did, not where the process did."""
        assert later(HOUR_S) == next_heartbeat(HOURLY, {KEEPER}, later(1234))
        assert datetime.fromisoformat("2026-11-21T00:00:00Z") == slot(NOON, timedelta(days=1))

    def test_its_outcome_is_an_event_like_others(self) -> None:
        """It is kept in the topic of notifications."""
        made = outcome_of(due(Tally())[0], Outcome.SENT, NOON, attempts=1, detail="250")
        encoded = encode(made, source="/satark/notifier")

        assert made == decode(encoded.topic, encoded.value, encoded.headers)


class TestTally:
    def test_counts_what_there_was(self) -> None:
        """Incidents that began, messages that arrived, and messages that did not."""
        tally = Tally()
        tally.learn(outcome("i1", seconds=1))
        tally.learn(outcome("i1", seconds=2, to="boss"))
        tally.learn(outcome("i2", seconds=3, how=Outcome.FAILED))
        tally.learn(outcome("i3", seconds=4, how=Outcome.SILENCED))
        tally.learn(outcome("i1", seconds=5, sequence=1))

        assert Counts(opened=3, told=3, failed=1) == tally.since(NOON)
        assert Counts(told=1) == tally.since(later(4))

    def test_an_outcome_that_comes_twice_counts_once(self) -> None:
        """Our own come back; what failed and was replayed was told in the end."""
        tally = Tally()
        for each in (outcome(how=Outcome.FAILED), outcome(seconds=1), outcome(seconds=1)):
            tally.learn(each)

        assert Counts(opened=1, told=1) == tally.since(later(-1))

    def test_signs_of_life_do_not_count(self) -> None:
        """They are no news."""
        tally = Tally()
        send(tally, *due(tally))

        assert Counts() == tally.since(later(-1))

    def test_is_bounded(self) -> None:
        """Of too many the oldest go."""
        tally = Tally(limit=2)
        for number in range(3):
            tally.learn(replace(outcome(f"i{number}"), time=later(number)))

        assert Counts(opened=2, told=2) == tally.since(later(-1))
