"""From samples to mails: the detector's engine and the notifier's outbox together, after a stop of two hours."""

from collections.abc import Iterable
from datetime import timedelta
from email import message_from_bytes, policy

from satark.notifier.channels.delivery import Sent
from satark.notifier.mail.message import Letterhead, compose
from satark.notifier.outbox.notices import Deliver, Rules, Settled
from satark.notifier.outbox.outbox import Outbox
from satark.notifier.outbox.outcomes import Outcomes
from satark.schemas.metrics import MetricSample
from satark.schemas.notifications import Notification, Outcome
from tests.unit.detector.seed.test_limits import cycles
from tests.unit.detector.worlds import latency, run
from tests.unit.notifier.outbox.outboxes import routing
from tests.unit.notifier.scenes import record

RECEIVER = "noc@example.net"
HEAD = Letterhead("alerts@example.net", "example.net")
RULES = Rules(
    retry_after_s=(60.0,),
    retry_horizon_s=7200.0,
    stale_after_s=86_400.0,
    stale_settle_s=60.0,
)
HOUR = latency([20.0, 21.0] * 6)


def mails(samples: Iterable[MetricSample]) -> tuple[list[str], list[Outcome]]:
    """Return the subjects of the mails that samples lead to, and the outcomes of all incident events, in order."""
    _, events, _ = run(samples)
    outcomes = Outcomes()
    box = Outbox(RULES, routing(RECEIVER, tell_on=("opened", "resolved")), outcomes)
    subjects, ended = [], []

    for event in events:
        now = event.time + timedelta(hours=3)
        settled: list[Settled] = [*box.accept(event, record(event, published_at=now), now).settled]
        while isinstance(action := box.next(now), Deliver):
            mail = compose(action.telling, HEAD, now)
            subjects.append(str(message_from_bytes(mail.content, policy=policy.default)["Subject"]))
            settled += box.settle(action.telling, Sent("250"), now).settled
        for each in settled:
            ended.append(each.outcome)
            outcomes.learn(
                Notification(
                    id=each.notice.id, event=event.id, incident=event.incident, entity=event.entity, channel="email",
                    receiver=RECEIVER, outcome=each.outcome, time=now, attempts=each.attempts,
                )
            )  # fmt: skip
    return subjects, ended


class TestAfterTwoHours:
    def test_an_incident_in_the_gap_is_no_mail(self) -> None:
        """It is recorded with its outcomes: both events suppressed."""
        gap = latency([20.0] * 10 + [90.0] * 5 + [20.0] * 9, first=12, backfilled=True)

        subjects, ended = mails(HOUR + gap + latency([20.0, 21.0] * 12, first=36))

        assert ([], [Outcome.SUPPRESSED] * 2) == (subjects, ended)

    def test_an_incident_that_lasts_is_one_page_and_its_end(self) -> None:
        """Said as opened, and its end counts from its true beginning."""
        gap = latency([20.0] * 10 + [90.0] * 14, first=12, backfilled=True)

        subjects, ended = mails(HOUR + gap + latency([90.0] * 6, first=36))
        more, _ = mails(HOUR + gap + latency([90.0] * 6 + [20.0] * 6, first=36))

        assert ["[OPENED] CRITICAL LDN-BR-01 / Broadband B: download latency 90 ms"] == subjects
        assert [Outcome.SUPPRESSED, Outcome.SENT] == ended
        assert [*subjects, "[RESOLVED] LDN-BR-01 / Broadband B: back to normal after 1 h 40 min"] == more

    def test_an_incident_from_before_the_gap_is_closed(self) -> None:
        """Who was told that it began is told that it ended in the gap, and of nothing else in it."""
        gap = latency([90.0] * 5 + [20.0] * 9 + [90.0] * 5 + [20.0] * 5, first=13, backfilled=True)

        subjects, _ = mails(HOUR + latency([90.0], first=12) + gap + latency([20.0] * 6, first=37))

        assert ["OPENED", "RESOLVED"] == [subject[1:].split("]")[0] for subject in subjects]

    def test_nothing_is_told_twice_when_all_is_read_again(self) -> None:
        """Late and double samples after the gap change nothing of what people hear."""
        gap = latency([20.0] * 10 + [90.0] * 14, first=12, backfilled=True)
        present = latency([90.0] * 6, first=36)

        assert mails(HOUR + gap + present) == mails(HOUR + gap + present[:3] + gap[5:] + present)


class TestOrchestrator:
    def test_that_cannot_be_read_is_a_page_and_its_end(self) -> None:
        """At the third failed cycle, and at the first good one."""
        subjects, _ = mails(cycles([0, 0, 1, 2, 3, 4, 5, 0, 0]))

        assert [
            "[OPENED] CRITICAL vco.example.net: cannot be read for 3 cycles",
            "[RESOLVED] vco.example.net: readable again after 25 min",
        ] == subjects
