"""Silences and acknowledgements on real Kafka and a real mail server."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from satark.runtime.records import OutgoingRecord
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.codec import encode
from satark.schemas.incidents import Severity
from satark.schemas.notifications import Outcome
from satark.schemas.silences import Matcher, Silence
from tests.integration.test_notifier import NOC, Stage, arrived, incident, mails, stage
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.scenes import resolved, updated

__all__ = ["stage"]

pytestmark = pytest.mark.kafka

ALL = ("opened", "updated", "resolved")


async def say(stage: Stage, *words: Silence | Acknowledgement) -> None:
    """Say something as the REST API does."""
    encoded = [encode(word, source="/satark/analytics") for word in words]
    await stage.write(*(OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded))


def silence(link: str) -> Silence:
    """Return a silence over one link, for an hour from now."""
    now = datetime.now(UTC)
    matchers = [Matcher(name="link", pattern=link)]
    return Silence.of(matchers=matchers, starts=now, ends=now + timedelta(hours=1), time=now, by="asha")


async def test_a_silence_across_restarts(stage: Stage) -> None:
    """What is silenced is told once, when the silence ends, and only if it is still open; others are told meanwhile."""
    quiet, brief = silence("lasts"), silence("ends")
    lasts, ends, other = (incident(name) for name in ("lasts", "ends", "other"))
    await say(stage, quiet, brief)
    async with running(MailServer()) as server:
        async with stage.notifier(server.port):
            await stage.publish(lasts, ends, other)
            first = await stage.told(3)
            await stage.publish(resolved(ends))
            await stage.told(5)
        async with stage.notifier(server.port, crash=True, stale_settle_s=1.0):
            await stage.publish(updated(lasts))
            await stage.told(6)
        await say(stage, *(each.ended(time=datetime.now(UTC), by="ben") for each in (quiet, brief)))
        async with stage.notifier(server.port, stale_settle_s=1.0):
            await arrived(server, 2)
            await stage.publish(resolved(lasts, sequence=2))
            await arrived(server, 3)
        async with stage.notifier(server.port, stale_settle_s=0.0):
            await stage.publish(incident("last"))
            await arrived(server, 4)

    assert {quiet.silence, brief.silence} == {
        (each.detail or "").split()[2].rstrip(",") for each in first if each.outcome is Outcome.SILENCED
    }
    assert mails(server) == [
        *[("opened", name, NOC) for name in ("other", "lasts")],
        ("resolved", "lasts", NOC),
        ("opened", "last", NOC),
    ]
    assert server.received[1].message["Subject"].startswith("[STILL OPEN] CRITICAL")


async def test_an_acknowledged_incident(stage: Stage) -> None:
    """Every mail of it names who has seen it; what is no graver than people know is an outcome and no mail."""
    first = incident("A")
    word = Acknowledgement.of(
        incident=first.incident, entity=first.entity, time=datetime.now(UTC), by="ben", comment="ticket 4711"
    )
    await say(stage, word)
    async with running(MailServer()) as server, stage.notifier(server.port, tell_on=ALL):
        await stage.publish(first)
        await stage.told(1)
        await stage.publish(replace(updated(first), severity=Severity.WARNING))
        await stage.told(2)
        await stage.publish(updated(first, sequence=2))
        outcomes = await stage.told(3)
        await stage.publish(resolved(first, sequence=3))
        await arrived(server, 3)

    bodies = [mail.message.get_body(("plain",)) for mail in server.received]
    assert [state for state, *_ in mails(server)] == ["opened", "updated", "resolved"]
    assert sorted(each.outcome.value for each in outcomes) == ["acknowledged", "sent", "sent"]
    assert all(body is not None and "ben has seen it" in body.get_content() for body in bodies)
    assert all(body is not None and "ticket 4711" in body.get_content() for body in bodies)
