from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from satark.notifier.outbox.silences import holding
from satark.notifier.routing.model import Policy
from satark.notifier.standing.due import LOOK_AGAIN_S, FollowUp, Look, Surroundings, look
from satark.notifier.standing.standing import Standing
from satark.notifier.telling import Occasion
from satark.runtime.said import Said
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import Severity
from satark.schemas.silences import Matcher, Silence
from tests.unit.notifier.group_scenes import group, incident, member
from tests.unit.notifier.scenes import NOON, updated
from tests.unit.notifier.standing.standings import HOUR_S, INCIDENT, OPENED, PLACE, POLICY, later, target, told, tree

NOC, NIGHT, BOSS, CHIEF = (f"{name}@example.net" for name in ("noc", "night", "boss", "chief"))
CALM = Policy(repeat_interval_s=HOUR_S)


class Mute:
    """Mute times that last until one hour after noon."""

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return their end."""
        return later(HOUR_S) if now < later(HOUR_S) else None


def begun() -> Standing:
    """Return what is known when the NOC was told at noon."""
    standing = Standing()
    standing.learn(OPENED, PLACE)
    told(standing)
    return standing


def at(
    standing: Standing, seconds: float, policy: Policy = CALM, said: Said | None = None, inhibitor: str | None = None
) -> Look:
    """Look at what is open so many seconds after noon."""
    words, now = said or Said(), later(seconds)
    around = Surroundings(words, holding(words, now), tree(policy), lambda _: inhibitor)
    return look(standing.every()[-1], around, now)


def said(standing: Standing) -> list[tuple[Occasion, int, str]]:
    """Return what is due two days later, when nobody has seen it."""
    return brief(at(standing, 48 * HOUR_S, POLICY))


def brief(seen: Look) -> list[tuple[Occasion, int, str]]:
    """Return what is due: why, the how manieth, and to whom."""
    return [_brief(each) for each in seen.due]


def _brief(followup: FollowUp) -> tuple[Occasion, int, str]:
    return followup.aside.occasion, followup.aside.count, followup.target.name


def acknowledged(*incidents: str, time: datetime = NOON) -> Said:
    """Return that somebody has seen incidents."""
    words = Said()
    for each in incidents:
        words.take(Acknowledgement.of(incident=each, entity="link", time=time, by="asha"))
    return words


class TestReminders:
    def test_come_when_the_interval_is_over(self) -> None:
        """Before that the look says when."""
        assert Look(again=later(HOUR_S)) == at(begun(), HOUR_S - 1)
        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(begun(), HOUR_S))

    def test_count_from_the_last_message(self) -> None:
        """Whatever that was: an update that was told is as good as a reminder."""
        standing = begun()
        told(standing, seconds=1800)

        assert later(1800 + HOUR_S) == at(standing, HOUR_S).again

    def test_after_a_long_outage_one_is_due(self) -> None:
        """Two days later there is one reminder, and then none for an hour."""
        standing, late = begun(), 48 * HOUR_S
        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(standing, late))

        told(standing, seconds=late, occasion=Occasion.REMINDER, count=1)
        assert Look(again=later(late + HOUR_S)) == at(standing, late)

    def test_each_has_an_id_of_its_own(self) -> None:
        """The same reminder has the same id wherever it is decided; the next has another."""
        standing = begun()
        first = at(standing, HOUR_S).due[0].id
        assert first == at(begun(), 3 * HOUR_S).due[0].id

        told(standing, seconds=HOUR_S, occasion=Occasion.REMINDER, count=1)
        assert first != at(standing, 3 * HOUR_S).due[0].id

    def test_show_the_incident_as_it_is(self) -> None:
        """A reminder is of the latest event."""
        standing = begun()
        standing.learn(updated(OPENED), PLACE)

        assert updated(OPENED) == at(standing, HOUR_S).due[0].event

    def test_come_to_nobody_who_was_not_told(self) -> None:
        """What was kept back, or could not be told, is not repeated."""
        standing = Standing()
        standing.learn(OPENED, PLACE)

        assert Look() == at(standing, 48 * HOUR_S)

    def test_can_be_switched_off(self) -> None:
        """An interval of 0 means never."""
        assert Look() == at(begun(), 48 * HOUR_S, Policy(repeat_interval_s=0))

    def test_at_the_end_of_time_are_never_due(self) -> None:
        """A record that says so stops nothing else."""
        standing = Standing()
        standing.learn(OPENED, PLACE)
        told(standing, now=datetime.max.replace(tzinfo=UTC))

        assert [] == said(standing)

    def test_go_where_the_routes_lead_by_now(self) -> None:
        """Who is in no route any more is not reminded."""
        standing = Standing()
        standing.learn(OPENED, PLACE)
        told(standing, target=changed(target(), name="gone@example.net"))

        assert Look() == at(standing, 48 * HOUR_S)

    def test_come_to_the_stand_in_that_was_told(self) -> None:
        """A fallback that was told instead of a receiver is reminded like it."""
        standing = Standing()
        standing.learn(OPENED, PLACE)
        told(standing, target=target("night"), occasion=Occasion.FALLBACK)

        assert [(Occasion.REMINDER, 1, NIGHT)] == brief(at(standing, HOUR_S))


class TestEscalations:
    def test_come_level_by_level(self) -> None:
        """Each when its time after the first message is over, to those who were not told."""
        standing = begun()
        assert later(900) == at(standing, 899, POLICY).again
        assert [(Occasion.ESCALATION, 1, BOSS)] == brief(at(standing, 900, POLICY))

        told(standing, seconds=900, target=target("boss"), occasion=Occasion.ESCALATION, count=1)
        assert later(1800) == at(standing, 900, POLICY).again
        assert [(Occasion.ESCALATION, 2, CHIEF)] == brief(at(standing, 1800, POLICY))

    def test_come_together_after_an_outage(self) -> None:
        """Who should have been told hears once, by the first level that names them."""
        expected = [(Occasion.REMINDER, 1, NOC), (Occasion.ESCALATION, 1, BOSS), (Occasion.ESCALATION, 2, CHIEF)]

        assert expected == said(begun())

    def test_that_failed_do_not_come_again(self) -> None:
        """Nor is somebody reminded whom nothing has reached."""
        standing = begun()
        standing.passed(INCIDENT, target("boss"), "root", Severity.WARNING, later(900), Occasion.ESCALATION, 1)

        assert BOSS not in [name for _, _, name in said(standing)]

    def test_are_reminded_too(self) -> None:
        """Who an incident was escalated to is reminded by the route's interval."""
        standing = begun()
        told(standing, seconds=900, target=target("boss"), occasion=Occasion.ESCALATION, count=1)

        assert (Occasion.REMINDER, 1, BOSS) in said(standing)

    def test_do_not_begin_before_somebody_was_told(self) -> None:
        """Of what nobody could be told, nobody can have seen anything."""
        standing = Standing()
        standing.learn(OPENED, PLACE)
        told(standing, target=target("chief"))

        assert [(Occasion.REMINDER, 1, CHIEF)] == said(standing)


class TestQuiet:
    def test_what_somebody_has_seen_is_not_repeated(self) -> None:
        """Nor escalated; it is looked at again, for words can be taken back."""
        seen = at(begun(), HOUR_S, POLICY, acknowledged(INCIDENT))

        assert ([], later(HOUR_S + LOOK_AGAIN_S)) == (brief(seen), seen.again)

    def test_what_became_graver_since_is_repeated(self) -> None:
        """Nobody has seen it as grave as it is; whoever says so again has."""
        standing = begun()
        worse = updated(OPENED)
        standing.learn(worse, PLACE)

        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(standing, HOUR_S, CALM, acknowledged(INCIDENT)))
        assert [] == brief(at(standing, HOUR_S, CALM, acknowledged(INCIDENT, time=worse.time)))

    def test_silences_put_it_off(self) -> None:
        """What is silenced is looked at again when the silence ends, or before."""
        words = Said()
        everything = [Matcher(name="edge", pattern="*")]
        ends = later(HOUR_S + 60)
        words.take(Silence.of(matchers=everything, starts=NOON, ends=ends, time=NOON, by="asha"))
        seen = at(begun(), HOUR_S, CALM, words)

        assert ([], ends) == (brief(seen), seen.again)
        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(begun(), HOUR_S + 60, CALM, words))

    def test_mute_times_put_it_off(self) -> None:
        """What a route is not to tell now is due when it may."""
        policy = Policy(repeat_interval_s=60, times=Mute())
        seen = at(begun(), 120, policy)

        assert ([], later(HOUR_S)) == (brief(seen), seen.again)
        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(begun(), HOUR_S, policy))

    def test_what_explains_it_puts_it_off(self) -> None:
        """While another incident inhibits it, it is looked at every so often."""
        seen = at(begun(), HOUR_S, CALM, inhibitor="source")

        assert ([], later(HOUR_S + LOOK_AGAIN_S)) == (brief(seen), seen.again)


class TestGroups:
    def test_are_repeated_and_escalated(self) -> None:
        """A group goes wherever one of its members would go."""
        members = [incident(number) for number in range(3)]
        event = group(*members)
        standing = Standing()
        standing.learn(event, PLACE)
        told(standing, event.group)

        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(standing, HOUR_S))

    def test_are_seen_when_all_that_lasts_is_seen(self) -> None:
        """Members that are well again do not count; those that nobody has seen do."""
        members = [incident(number) for number in range(3)]
        event = group(*members)
        well = replace(event, members=(*event.members[:2], member(members[2], ended_at=NOON + timedelta(minutes=1))))
        standing = Standing()
        standing.learn(well, PLACE)
        told(standing, well.group)

        first, second, _ = (each.incident for each in members)
        assert [] == brief(at(standing, HOUR_S, CALM, acknowledged(first, second)))
        assert [(Occasion.REMINDER, 1, NOC)] == brief(at(standing, HOUR_S, CALM, acknowledged(first)))
