"""Reminders, escalations and signs of life on real Kafka and a real mail server, across restarts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satark.notifier.standing.records import record_of
from satark.notifier.standing.standing import Over
from satark.schemas.codec import decode
from satark.schemas.open_incidents import OpenIncident, ReceiverTold
from satark.schemas.topics import ANOMALIES, OPEN_INCIDENTS
from tests.integration.test_notifier import BOSS, NOC, Stage, incident, stage
from tests.unit.notifier.channels.mail_server import MailServer, running
from tests.unit.notifier.scenes import resolved

__all__ = ["stage"]

pytestmark = pytest.mark.kafka

ROUTES = """
route:
  receiver: noc
  group_wait: 0s
  repeat_interval: 1h
  escalate: [{after: 30m, to: [boss]}]
receivers:
  - {name: noc, email_configs: [{to: noc@example.net}]}
  - {name: boss, email_configs: [{to: boss@example.net}]}
heartbeat: {receivers: [boss], every: 31d}
"""


def lasting(name: str) -> OpenIncident:
    """Return an incident that the NOC was told of two hours ago."""
    event, then = incident(name), datetime.now(UTC) - timedelta(hours=2)
    told = ReceiverTold(channel="email", receiver=NOC, route="root", first=then, last=then, severity=event.severity)
    return OpenIncident.of(event, topic=ANOMALIES, partition=0, told=[told])


def receivers(server: MailServer) -> list[str]:
    """Return whom the server has mails for."""
    return sorted(mail.receivers[0] for mail in server.received)


async def test_what_lasts_is_told_again(stage: Stage, tmp_path: Path) -> None:
    """After a while without any notifier each reminder, escalation and sign of life comes once; then the end, and no more."""
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES)
    known = lasting("A")
    await stage.write(record_of(known, source="/test"))
    async with running(MailServer()) as server:
        async with stage.notifier(server.port, routes=path):
            await stage.told(3)
        assert receivers(server) == [BOSS, BOSS, NOC]
        async with stage.notifier(server.port, crash=True, routes=path):
            await stage.publish(incident("B"))
            await stage.told(4)
        assert receivers(server) == [BOSS, BOSS, NOC, NOC]
        async with stage.notifier(server.port, routes=path):
            await stage.publish(resolved(incident("A")))
            await stage.told(6)
        assert receivers(server) == [BOSS, BOSS, BOSS, NOC, NOC, NOC]
        records = [record for record in await stage.records(OPEN_INCIDENTS) if record.key == known.incident.encode()]

    assert records[-1].value is None
    assert record_of(Over(known.incident), source="/test").key == records[-1].key
    reminded = decode(OPEN_INCIDENTS, records[-2].value)
    assert [(each.receiver, each.reminders, each.level) for each in reminded.told] == [(NOC, 1, 0), (BOSS, 0, 1)]
