"""What the outbox makes of silences and acknowledgements."""

from datetime import datetime

from msgspec.structs import replace

from satark.notifier.channels.delivery import Retry, Sent
from satark.notifier.events import Event
from satark.notifier.outbox.notices import Quieted, Reason, Settled, WaitUntil
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.notifier.telling import Aside
from satark.runtime.said import Said
from satark.schemas.incidents import Severity
from satark.schemas.notifications import Outcome
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.outbox.outboxes import (
    ANY,
    NOW,
    OPENED,
    OTHER,
    RESOLVED,
    UPDATED,
    Due,
    accept,
    due,
    later,
    outcome,
    reasons,
    routing,
    rules,
    settle,
)
from tests.unit.notifier.sayings import HOUR_S, seen, silence
from tests.unit.notifier.scenes import resolved, updated

END = later(HOUR_S)
SAME = replace(UPDATED, severity=OPENED.severity)
A, B, C = (incident(number) for number in range(3))


class Scene:
    """An outbox, what people say, and what was written."""

    def __init__(self, *tell_on: str, max_held: int = 100) -> None:
        self.said = Said()
        self.outcomes = Outcomes()
        self.routing = routing(ANY, tell_on=tell_on or ("opened", "resolved"))
        self.box = Outbox(rules(), self.routing, self.outcomes, self.said, max_held=max_held)

    def say(self, *words: object, now: datetime = NOW) -> None:
        """Let somebody say something."""
        for word in words:
            self.said.take(word)  # type: ignore[arg-type]  # silences and acknowledgements
        self.box.reconsider(now)

    def quieted(self, now: datetime = NOW) -> list[Settled]:
        """Return what is decided of what people do not want to hear of."""
        action = self.box.next(now)
        assert isinstance(action, Quieted)
        self.write(*action.settled, now=now)
        return list(action.settled)

    def write(self, *settled: Settled, now: datetime = NOW) -> None:
        """Write outcomes."""
        for each in settled:
            self.outcomes.learn(outcome(each, now))

    def tell(self, event: Event, now: datetime = NOW) -> None:
        """Let an event come and be told."""
        accept(self.box, event, now=now)
        settled = settle(self.box, due(self.box, now), Sent(), now)
        assert settled is not None
        self.write(settled, now=now)

    def delivered(self, now: datetime) -> Due:
        """Return what is to be told."""
        return due(self.box, now)

    def restarted(self) -> "Scene":
        """Return the same with a new outbox, which knows only what was written."""
        self.box = Outbox(rules(), self.routing, self.outcomes, self.said)
        return self


class TestSilence:
    def test_keeps_a_beginning_back(self) -> None:
        """The decision is an outcome that names the silence, and is not the last word."""
        scene, quiet = Scene(), silence()
        scene.say(quiet)
        accept(scene.box, OPENED)
        settled = scene.quieted()

        assert [(Outcome.SILENCED, False)] == [(each.outcome, each.is_over) for each in settled]
        assert settled[0].detail == f"silence {quiet.silence}, until 2026-11-21 13:15:00 UTC"
        assert WaitUntil(END) == scene.box.next(NOW)
        assert (0, 1) == (scene.box.pending, scene.box.held)

    def test_ends_with_one_mail(self) -> None:
        """It tells the incident as it is by then, and that nobody was told before."""
        scene = Scene("opened", "updated", "resolved")
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        accepted = accept(scene.box, UPDATED, now=later(60))
        scene.write(*accepted.settled, now=later(60))
        scene.quieted(later(60))
        told = scene.delivered(END)
        settled = settle(scene.box, told, Sent(), END)

        assert reasons(accepted) == [("IncidentUpdated", Reason.SILENCED)]
        assert (OPENED, Aside(UPDATED, is_news=True, kept_back_by="a silence")) == (told.event, told.aside)
        assert settled is not None
        assert (Outcome.SENT, UPDATED) == (settled.outcome, settled.shown)
        assert scene.box.next(END) is None

    def test_that_is_ended_early(self) -> None:
        """Is told then."""
        scene, quiet = Scene(), silence()
        scene.say(quiet)
        accept(scene.box, OPENED)
        scene.quieted()
        scene.say(quiet.ended(time=later(60), by="ben"), now=later(60))

        assert OPENED == scene.delivered(later(60)).event

    def test_that_another_prolongs(self) -> None:
        """Nothing is said of it twice."""
        scene = Scene()
        scene.say(silence(length_s=60))
        accept(scene.box, OPENED)
        scene.quieted()
        scene.say(silence())

        assert [] == scene.quieted(later(60))
        assert WaitUntil(END) == scene.box.next(later(60))

    def test_that_covers_an_incident_no_more(self) -> None:
        """An incident that becomes graver than what was silenced is told at once."""
        scene = Scene()
        scene.say(silence("severity", "warning"))
        accept(scene.box, OPENED)
        scene.quieted()
        accept(scene.box, UPDATED, now=later(60))

        assert UPDATED == scene.delivered(later(60)).aside.latest

    def test_what_is_over_meanwhile_is_not_told(self) -> None:
        """Neither that it began nor that it is over, and both are explained."""
        scene = Scene()
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        accepted = accept(scene.box, RESOLVED, now=later(60))

        assert reasons(accepted) == [
            ("IncidentOpened", Reason.OVER_IN_SILENCE),
            ("IncidentResolved", Reason.NEVER_TOLD),
        ]
        assert scene.box.next(END) is None

    def test_the_end_of_what_was_told_is_told(self) -> None:
        """A silence that began after the first mail does not leave people with an open incident."""
        scene = Scene()
        scene.tell(OPENED)
        scene.say(silence())
        accept(scene.box, RESOLVED)

        assert RESOLVED == scene.delivered(NOW).event

    def test_of_what_was_told_before(self) -> None:
        """An update is kept back and told at the end of the silence, as an update."""
        scene = Scene("opened", "updated", "resolved")
        scene.tell(OPENED)
        scene.say(silence())
        accept(scene.box, UPDATED, now=later(60))
        scene.quieted(later(60))

        assert Aside(UPDATED, kept_back_by="a silence") == scene.delivered(END).aside

    def test_of_one_thing_silences_nothing_else(self) -> None:
        """Others are told meanwhile."""
        scene = Scene()
        scene.say(silence("entity", OPENED.entity))
        accept(scene.box, OPENED)
        accept(scene.box, OTHER)
        scene.quieted()

        assert OTHER == scene.delivered(NOW).event

    def test_what_was_put_off_can_still_be_silenced(self) -> None:
        """A silence counts when the mail is due, and the time to try begins anew after it."""
        scene = Scene()
        accept(scene.box, OPENED)
        settle(scene.box, due(scene.box), Retry("451"), NOW)
        scene.say(silence(length_s=100_000.0))
        scene.quieted(later(60))
        told = scene.delivered(later(100_000))

        assert settle(scene.box, told, Retry("451"), later(100_000)) is None

    def test_is_not_honoured_beyond_what_can_be_kept(self) -> None:
        """Rather a mail too many than one lost."""
        scene = Scene(max_held=1)
        scene.say(silence())
        accept(scene.box, OPENED)
        accept(scene.box, OTHER)
        scene.quieted()

        assert OTHER == scene.delivered(NOW).event

    def test_who_wants_only_ends_is_not_told_of_silenced_ones(self) -> None:
        """For them the end is the news."""
        scene = Scene("resolved")
        scene.say(silence())
        accept(scene.box, RESOLVED)

        assert [Reason.OVER_IN_SILENCE] == [each.reason for each in scene.quieted()]


class TestRestart:
    def test_keeps_back_what_was_kept_back(self) -> None:
        """It is read again, kept back again without a word, and told at the end of the silence."""
        scene = Scene()
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        scene.restarted()
        accept(scene.box, OPENED, now=later(60))

        assert [] == scene.quieted(later(120))
        assert Aside(OPENED, is_news=True, kept_back_by="a silence") == scene.delivered(END).aside

    def test_after_the_end_waits_for_the_rest(self) -> None:
        """What was over before the restart is not told as open, though the end was dealt with already."""
        scene = Scene()
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        scene.write(accept(scene.box, RESOLVED, now=later(60)).settled[-1], now=later(60))
        scene.restarted()
        accept(scene.box, OPENED, now=END)
        assert isinstance(scene.box.next(END), WaitUntil)
        accepted = accept(scene.box, RESOLVED, now=END)

        assert reasons(accepted) == [("IncidentOpened", Reason.OVER_IN_SILENCE)]
        assert scene.box.next(later(HOUR_S * 2)) is None

    def test_after_the_end_tells_all_in_one_mail(self) -> None:
        """An update that is read again before the mail goes out is part of it, as it was before the restart."""
        scene = Scene("opened", "updated", "resolved")
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        scene.write(*accept(scene.box, UPDATED, now=later(60)).settled, now=later(60))
        scene.restarted()
        accept(scene.box, OPENED, now=END)
        accept(scene.box, UPDATED, now=END)
        after = later(HOUR_S + 60)
        told = scene.delivered(after)
        settle(scene.box, told, Sent(), after)

        assert Aside(UPDATED, is_news=True, kept_back_by="a silence") == told.aside
        assert scene.box.next(after) is None

    def test_does_not_tell_again_what_was_made_up_for(self) -> None:
        """The mail after the silence told of the update too, though its outcome is that it was silenced."""
        scene = Scene("opened", "updated", "resolved")
        scene.say(silence())
        accept(scene.box, OPENED)
        scene.quieted()
        scene.write(*accept(scene.box, UPDATED, now=later(60)).settled, now=later(60))
        settled = settle(scene.box, scene.delivered(END), Sent(), END)
        assert settled is not None
        scene.write(settled, now=END)
        scene.restarted()

        assert [frozenset()] * 2 == [accept(scene.box, each, now=END).waiting for each in (OPENED, UPDATED)]


class TestGroup:
    def test_is_silenced_with_all_its_members(self) -> None:
        """It is told as soon as somebody joins who is not silenced."""
        scene = Scene("opened", "updated", "resolved")
        scene.say(*(silence("edge", f"Edge {number}") for number in range(2)))
        first, more = group(A, B), group(A, B, C, sequence=1)
        accept(scene.box, first)
        scene.quieted()
        accept(scene.box, more, now=later(60))

        assert Aside(more, is_news=True, kept_back_by="a silence") == scene.delivered(later(60)).aside

    def test_that_nobody_was_told_of_ends_unsaid(self) -> None:
        """As an incident does."""
        scene = Scene()
        scene.say(silence("isp", "*"))
        accept(scene.box, group(A, B))
        scene.quieted()
        accept(scene.box, over(A, B))

        assert scene.box.next(END) is None


class TestAcknowledgement:
    def test_ends_reminders(self) -> None:
        """An update that is no graver is not told, and says who has seen the incident."""
        scene, word = Scene("opened", "updated", "resolved"), seen(OPENED)
        scene.tell(OPENED)
        scene.say(word)
        accept(scene.box, SAME)
        settled = scene.quieted()

        assert [(Outcome.ACKNOWLEDGED, f"by ben, {word.id}", True)] == [
            (each.outcome, each.detail, each.is_over) for each in settled
        ]

    def test_does_not_hide_what_is_worse(self) -> None:
        """A raise is told, and the end is; both say who has seen it. After the raise its like is known."""
        scene, word = Scene("opened", "updated", "resolved"), seen(OPENED)
        scene.tell(OPENED)
        scene.say(word)
        assert Severity.CRITICAL is UPDATED.severity
        accept(scene.box, UPDATED)
        told = scene.delivered(NOW)
        settled = settle(scene.box, told, Sent(), NOW)
        assert settled is not None
        scene.write(settled)
        accept(scene.box, updated(OPENED, sequence=2))
        ended = scene.quieted()
        accept(scene.box, resolved(OPENED, sequence=3))

        assert (UPDATED, word) == (told.event, told.aside.seen)
        assert [Reason.ACKNOWLEDGED] == [each.reason for each in ended]
        assert word == scene.delivered(NOW).aside.seen

    def test_of_what_nobody_was_told_of(self) -> None:
        """Who was not told is told, with the word of who has seen it."""
        scene = Scene("opened", "updated", "resolved")
        scene.say(seen(OPENED))
        accept(scene.box, SAME)

        assert SAME == scene.delivered(NOW).event
