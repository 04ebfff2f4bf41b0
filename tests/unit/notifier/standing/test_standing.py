from datetime import timedelta

import pytest
from msgspec.structs import replace

from satark.notifier.standing.joining import KEPT_MEMBERS, KEPT_POINTS, KEPT_SYMPTOMS
from satark.notifier.standing.standing import Over, Standing
from satark.notifier.telling import Occasion
from satark.schemas import open_incidents
from satark.schemas.incidents import IncidentOpened, Severity
from satark.schemas.open_incidents import OpenIncident
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.scenes import NOON, opened, recent, resolved, still_open, symptom, updated
from tests.unit.notifier.standing.standings import (
    ELSEWHERE,
    INCIDENT,
    OPENED,
    PLACE,
    garbage,
    later,
    link,
    record,
    target,
    told,
)

UPDATED = updated(OPENED)
RESOLVED = resolved(OPENED, sequence=2)


@pytest.fixture
def standing() -> Standing:
    """What is known when a link's incident has begun."""
    made = Standing()
    made.learn(OPENED, PLACE)
    return made


def known(standing: Standing) -> OpenIncident:
    """Return what is known of the link's incident."""
    found = standing.get(INCIDENT)
    assert found is not None
    return found


class TestLearn:
    def test_keeps_a_beginning(self) -> None:
        """What begins is written with the place of its events, and counts at once."""
        standing = Standing()
        change = standing.learn(OPENED, PLACE)

        assert OpenIncident.of(OPENED, topic=PLACE[0], partition=PLACE[1]) == change == standing.get(INCIDENT)

    def test_keeps_the_latest_event(self, standing: Standing) -> None:
        """An update takes the place of what was known; those who were told stay."""
        told(standing)
        standing.learn(UPDATED, PLACE)

        assert UPDATED == known(standing).event
        assert 1 == len(known(standing).told)

    def test_is_told_nothing_twice(self, standing: Standing) -> None:
        """The same event again is nothing to write."""
        assert standing.learn(OPENED, PLACE) is None

    def test_never_goes_back(self, standing: Standing) -> None:
        """An older event that is read again changes nothing."""
        standing.learn(UPDATED, PLACE)

        assert standing.learn(OPENED, PLACE) is None
        assert UPDATED == known(standing).event

    def test_follows_events_into_another_partition(self, standing: Standing) -> None:
        """After a topic got more partitions, who reads the new one is responsible."""
        change = standing.learn(OPENED, ELSEWHERE)

        assert isinstance(change, OpenIncident)
        assert ELSEWHERE == (change.topic, change.partition)

    def test_forgets_what_is_over(self, standing: Standing) -> None:
        """An end takes the record away, once."""
        assert Over(INCIDENT) == standing.learn(RESOLVED, PLACE)
        assert standing.get(INCIDENT) is None
        assert standing.learn(RESOLVED, PLACE) is None

    def test_an_end_is_final(self, standing: Standing) -> None:
        """What is read of an incident after its end does not open it again."""
        standing.learn(RESOLVED, PLACE)

        assert standing.learn(UPDATED, PLACE) is None
        assert 0 == len(standing)

    def test_an_end_may_be_read_first(self) -> None:
        """A beginning that comes after its end is not open."""
        standing = Standing()

        assert Over(INCIDENT) == standing.learn(RESOLVED, PLACE)
        assert standing.learn(OPENED, PLACE) is None

    def test_history_is_not_open(self) -> None:
        """What is for the record only is kept when it turns out to last, and not before."""
        standing, past = Standing(), opened(historical=True)

        assert standing.learn(past, PLACE) is None
        assert standing.learn(resolved(past, historical=True), PLACE) is None
        assert isinstance(standing.learn(still_open(past), PLACE), OpenIncident)

    def test_keeps_groups(self) -> None:
        """A group is open like an incident, under its own id; its members are known as such."""
        members = [incident(number) for number in range(3)]
        standing = Standing()
        for each in members:
            standing.learn(each, PLACE)
        change = standing.learn(group(*members), PLACE)

        assert isinstance(change, OpenIncident)
        assert not standing.is_member(change)
        assert all(standing.is_member(each) for each in standing.every() if each is not change)
        assert Over(change.incident) == standing.learn(over(*members), PLACE)

    def test_keeps_less_of_what_is_too_large(self) -> None:
        """Of an event that no record would have room for the most important evidence is kept."""
        symptoms = [symptom(f"metric_{number}") for number in range(200)]
        event = opened(*(replace(each, recent=recent(1.0, 2.0, 1, samples=300)) for each in symptoms))
        change = Standing().learn(event, PLACE)

        assert isinstance(change, OpenIncident)
        assert isinstance(change.event, IncidentOpened)
        assert (KEPT_SYMPTOMS, KEPT_POINTS) == (len(change.event.symptoms), len(change.event.symptoms[0].recent))

    def test_names_fewer_members_of_a_huge_group(self) -> None:
        """The gravest come first; how many there are stays."""
        members = [incident(number, note="x" * 2000) for number in range(400)]
        event = group(*members)
        huge = replace(event, members=tuple(replace(each, labels={"note": "x" * 2000}) for each in event.members))
        change = Standing().learn(huge, PLACE)

        assert isinstance(change, OpenIncident)
        assert (KEPT_MEMBERS, 400) == (len(change.event.members), change.event.member_count)  # type: ignore[union-attr]

    def test_leaves_out_what_has_no_room_at_all(self) -> None:
        """An event whose names alone are too large is told, and not remembered."""
        standing = Standing()

        assert standing.learn(opened(labels={"edge": "x" * 600_000}), PLACE) is None
        assert 1 == standing.too_large

    @pytest.mark.parametrize("name", ["", "x" * 129])
    def test_leaves_out_what_has_no_proper_id(self, name: str) -> None:
        """What could not be read back from the topic is not written to it, neither its beginning nor its end."""
        standing = Standing()

        assert standing.learn(replace(OPENED, incident=name), PLACE) is None
        assert standing.learn(replace(RESOLVED, incident=name), PLACE) is None
        assert 2 == standing.too_large

    def test_is_bounded(self) -> None:
        """Of too many incidents the one that was quiet for longest is forgotten."""
        standing = Standing(most=2)
        first, second, third = (link(number) for number in range(3))
        for event in (first, second, updated(first), third):
            standing.learn(event, PLACE)

        assert {first.incident, third.incident} == {each.incident for each in standing.every()}

    def test_remembers_so_many_ends(self) -> None:
        """Ends are bounded too."""
        standing = Standing(most_over=1)
        events = [link(number) for number in range(2)]
        for event in events:
            standing.learn(resolved(event), PLACE)

        assert [True, False] == [standing.learn(event, PLACE) is not None for event in events]


class TestTold:
    def test_notes_who_was_told(self, standing: Standing) -> None:
        """A first message says when, by which route, and how bad it was."""
        told(standing, seconds=60)
        only = known(standing).told[0]

        assert ("email", "noc@example.net", "root") == (only.channel, only.receiver, only.route)
        assert (later(60), later(60), Severity.WARNING) == (only.first, only.last, only.severity)

    def test_notes_the_last_message(self, standing: Standing) -> None:
        """A later one moves the time and the severity, not the beginning."""
        told(standing)
        told(standing, seconds=60, severity=Severity.CRITICAL)
        only = known(standing).told[0]

        assert (NOON, later(60), Severity.CRITICAL) == (only.first, only.last, only.severity)

    def test_counts_reminders(self, standing: Standing) -> None:
        """A reminder's number is kept."""
        told(standing)
        told(standing, seconds=60, occasion=Occasion.REMINDER, count=1)

        assert 1 == known(standing).told[0].reminders

    def test_notes_levels_of_escalation(self, standing: Standing) -> None:
        """Who was told because nobody had seen it is one of those who were told."""
        told(standing)
        told(standing, seconds=60, target=target("boss"), occasion=Occasion.ESCALATION, count=2)

        assert [0, 2] == [each.level for each in known(standing).told]

    def test_the_same_again_is_nothing_to_write(self, standing: Standing) -> None:
        """A message that is noted twice counts once."""
        assert told(standing) is not None
        assert told(standing) is None

    def test_of_what_is_not_open_there_is_nothing_to_note(self, standing: Standing) -> None:
        """The message of an end leaves nothing behind, nor does one of a test."""
        assert told(standing, occasion=Occasion.TEST) is None
        standing.learn(RESOLVED, PLACE)

        assert told(standing) is None

    def test_is_bounded(self, standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
        """More receivers than a record has room for are told, and not noted."""
        monkeypatch.setattr("satark.notifier.standing.standing.MAX_RECEIVERS", 1)

        assert told(standing) is not None
        assert told(standing, target=target("boss")) is None
        assert 1 <= open_incidents.MAX_RECEIVERS


class TestPassed:
    def test_a_reminder_that_failed_does_not_come_again(self, standing: Standing) -> None:
        """Its number is used up, and the next counts from then on."""
        told(standing)
        standing.passed(INCIDENT, target(), "root", Severity.WARNING, later(60), Occasion.REMINDER, 1)
        only = known(standing).told[0]

        assert (1, later(60), True) == (only.reminders, only.last, only.reached)

    def test_an_escalation_that_failed_reached_nobody(self, standing: Standing) -> None:
        """It is noted that it was tried; a message that arrives later makes up for it."""
        told(standing)
        standing.passed(INCIDENT, target("boss"), "root", Severity.WARNING, later(60), Occasion.ESCALATION, 1)
        assert [True, False] == [each.reached for each in known(standing).told]

        told(standing, seconds=120, target=target("boss"), occasion=Occasion.EVENT)
        assert [True, True] == [each.reached for each in known(standing).told]

    def test_an_event_that_failed_is_nothing(self, standing: Standing) -> None:
        """Who was not told of it is not reminded of it."""
        assert standing.passed(INCIDENT, target(), "root", Severity.WARNING, NOON, Occasion.EVENT, 0) is None


class TestApply:
    def test_knows_what_the_topic_says(self, standing: Standing) -> None:
        """A process that reads the topic knows the same."""
        told(standing)
        other = Standing()
        other.apply(record(known(standing)))

        assert standing.every() == other.every()

    def test_a_record_without_a_value_is_an_end(self, standing: Standing) -> None:
        """It is as final as an end that was read."""
        standing.apply(record(Over(INCIDENT)))

        assert 0 == len(standing)
        assert standing.learn(OPENED, PLACE) is None

    def test_what_comes_back_late_takes_nothing_back(self, standing: Standing) -> None:
        """A record from before a message does not make the message unsaid, nor the event older."""
        before = record(known(standing))
        told(standing)
        standing.learn(UPDATED, PLACE)
        after = known(standing)
        standing.apply(before)

        assert after == known(standing)

    def test_what_comes_back_after_the_end_is_over(self, standing: Standing) -> None:
        """A record that was on its way when the incident ended does not open it again."""
        before = record(known(standing))
        standing.learn(RESOLVED, PLACE)
        standing.apply(before)

        assert 0 == len(standing)

    def test_what_two_processes_know_comes_together(self, standing: Standing) -> None:
        """In either order: of two that told different people, all is known."""
        one, other = Standing(), Standing()
        for each in (one, other):
            each.take(known(standing))
        told(one)
        told(other, seconds=60, target=target("boss"))
        first, second = one.every()[0], other.every()[0]
        one.take(second)
        other.take(first)

        assert one.every() == other.every()
        assert 2 == len(one.every()[0].told)

    def test_counts_what_it_cannot_read(self, standing: Standing) -> None:
        """Garbage in the topic is counted, and changes nothing."""
        standing.apply(garbage(INCIDENT))

        assert (1, 1) == (standing.unreadable, len(standing))

    def test_what_is_known_already_is_no_news(self, standing: Standing) -> None:
        """Our own records come back from the topic; nobody is told of them again."""
        heard: list[str] = []
        standing.watch(lambda incident, _: heard.append(incident))
        standing.apply(record(known(standing)))

        assert [INCIDENT] == heard


class TestWatch:
    def test_hears_of_all_that_changes(self, standing: Standing) -> None:
        """Who watches hears of what is open already, of each change, and of ends."""
        heard: list[tuple[str, bool]] = []
        standing.watch(lambda incident, now: heard.append((incident, now is not None)))
        standing.learn(UPDATED, PLACE)
        standing.learn(replace(RESOLVED, time=NOON + timedelta(hours=1)), PLACE)

        assert [(INCIDENT, True), (INCIDENT, True), (INCIDENT, False)] == heard
