from datetime import UTC, datetime, timedelta
from typing import Any

from satark.runtime.records import Record
from satark.schemas import codec
from satark.schemas.generators import Connection, GeneratorSession
from satark.schemas.incidents import (
    Baseline,
    IncidentOpened,
    IncidentResolved,
    Reason,
    Severity,
    Symptom,
    incident_event_id,
)
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from satark.schemas.notifications import Notification, Outcome, notification_id
from satark.standalone.story import Story, Told

NOW = datetime(2026, 3, 10, 11, 55, tzinfo=UTC)


def _record(event: Any) -> Record:
    encoded = codec.encode(event, source="/test")
    return Record(encoded.topic, 0, 0, NOW, encoded.key, encoded.value, encoded.headers)


def _sample(link: int, minutes: int) -> Record:
    return _record(
        MetricSample.of(
            entity=f"wan-link/vco/1/{link}",
            kind=WAN_LINK,
            time=NOW + timedelta(minutes=minutes),
            interval_s=300,
            metrics={LATENCY_MS_RX: 1.0},
            labels={},
        )
    )


def _common(sequence: int) -> dict[str, Any]:
    normal = Baseline(centre=20.0, spread=1.0, floor=5.0, n=12, start=NOW, end=NOW, window_s=3600)
    symptom = Symptom(
        metric=LATENCY_MS_RX, active=sequence == 0, since=NOW, time=NOW, value=90.0, distance=14.0, limit=30.0,
        peak=90.0, peak_time=NOW, baseline=normal,
    )  # fmt: skip
    return {
        "id": incident_event_id("i", sequence), "incident": "i", "sequence": sequence, "entity": "e", "kind": WAN_LINK,
        "severity": Severity.CRITICAL, "reason": Reason.FIRST_SYMPTOM, "method": "seed", "opened_at": NOW, "time": NOW,
        "interval_s": 300, "symptoms": (symptom,), "labels": {"edge": "LDN", "link": "Broadband"},
    }  # fmt: skip


def _told(sequence: int, outcome: Outcome = Outcome.SENT) -> Record:
    event = incident_event_id("i", sequence)
    return _record(
        Notification(
            id=notification_id(event, "email", "noc@x.example"), event=event, incident="i", entity="e",
            channel="email", receiver="noc@x.example", outcome=outcome, time=NOW, attempts=1,
            message_id=f"<{sequence}@x>", detail="550 no such user",
        )
    )  # fmt: skip


def _session(host: str, session: int = 1, state: Connection = Connection.UP) -> Record:
    return _record(
        GeneratorSession(
            id=f"{host}/{session}/{state}", generator=f"{host}:Compute:contrail-vrouter-agent:0", session=session,
            state=state, time=NOW, gateway="g", since=NOW,
        )
    )  # fmt: skip


OPENED = _record(IncidentOpened(**_common(0)))
RESOLVED = _record(IncidentResolved(**_common(1), ended_at=NOW, duration_s=0))


class TestHear:
    def test_says_when_the_first_samples_are_there(self) -> None:
        """The first sample is news, the second is not."""
        story = Story()

        assert ("the first samples are there", None) == story.hear(_sample(1, 0))
        assert (None, None) == story.hear(_sample(2, 0))

    def test_says_each_hour_of_the_orchestrator(self) -> None:
        """A new hour comes with the number of samples so far."""
        story = Story()
        for record in (_sample(1, 0), _sample(2, 0)):
            story.hear(record)

        line, _ = story.hear(_sample(1, 5))
        assert "12:00 UTC at the orchestrator: 3 samples of 2 links" == line

    def test_says_what_an_incident_is_about(self) -> None:
        """Place, severity and metrics in one line."""
        line, told = Story().hear(OPENED)

        assert "incident opened: LDN / Broadband (critical; latency_ms_rx)" == line
        assert told is None

    def test_hands_out_the_mails_that_were_sent(self) -> None:
        """A sent mail comes with its Message-ID."""
        assert (None, Told("<0@x>", incident_event_id("i", 0))) == Story().hear(_told(0))

    def test_says_which_mail_failed(self) -> None:
        """A refusal is shown with the server's words."""
        assert ("mail to noc@x.example failed: 550 no such user", None) == Story().hear(_told(0, Outcome.FAILED))

    def test_passes_over_what_was_suppressed(self) -> None:
        """An event that nobody wanted to be told is no news."""
        assert (None, None) == Story().hear(_told(0, Outcome.SUPPRESSED))

    def test_names_what_it_cannot_decode(self) -> None:
        """A broken record is shown, not raised."""
        line, _ = Story().hear(Record("satark.metrics.v1", 0, 0, NOW, None, b"{", ()))

        assert line is not None
        assert line.startswith("undecodable record on satark.metrics.v1: not_json")


class TestDaemons:
    def test_says_who_comes_and_goes(self) -> None:
        """A line for each daemon that connects or is gone, with how many are left."""
        story = Story()

        told = [story.hear(r)[0] for r in (_session("c1"), _session("c2"), _session("c1", state=Connection.DOWN))]

        assert told == [
            "daemon is connected: contrail-vrouter-agent on c1 (1 in all)",
            "daemon is connected: contrail-vrouter-agent on c2 (2 in all)",
            "daemon is gone: contrail-vrouter-agent on c1 (1 in all)",
        ]
        assert story.status.endswith(", 1 daemons")

    def test_passes_over_what_changes_nothing(self) -> None:
        """A daemon that is back before it was gone, and one that is gone twice, are no news."""
        story = Story()
        story.hear(_session("c1"))

        again = story.hear(_session("c1", 2))
        story.hear(_session("c1", 2, Connection.DOWN))

        assert again == (None, None)
        assert story.hear(_session("c1", 2, Connection.DOWN)) == (None, None)


class TestComplete:
    def test_needs_both_mails(self) -> None:
        """An opened and a resolved incident, both told, in whatever order the topics are read."""
        story = Story()
        seen = []
        for record in (_told(0), OPENED, RESOLVED, _told(1)):
            story.hear(record)
            seen.append(story.complete)

        assert [False, False, False, True] == seen

    def test_knows_what_a_mail_was_about(self) -> None:
        """Once its incident was heard of."""
        story = Story()
        told = Told("<0@x>", incident_event_id("i", 0))
        before = story.about(told)
        story.hear(OPENED)

        assert (f"told: {told.event}", "opened: LDN / Broadband") == (before, story.about(told))

    def test_needs_one_incident(self) -> None:
        """The end of one incident does not complete another."""
        story = Story()
        another = {"id": "other-end", "incident": "other"}
        event = IncidentResolved(**(_common(1) | another), ended_at=NOW, duration_s=0)
        told = Notification(
            id="n", event="other-end", incident="other", entity="e", channel="email", receiver="noc@x.example",
            outcome=Outcome.SENT, time=NOW, attempts=1,
        )  # fmt: skip

        for record in (OPENED, _told(0), _record(event), _record(told)):
            story.hear(record)

        assert not story.complete


def test_status() -> None:
    """The line that is shown again and again has the orchestrator's time and the number of samples."""
    story = Story()
    story.hear(_sample(1, 0))

    assert "11:55 UTC at the orchestrator, 1 samples of 1 links" == story.status
