"""kill -9 of the notifier, at each moment between reading of an incident and having nothing to do with it any more."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from satark.notifier.standing.records import record_of
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.runtime.topics import apply
from satark.schemas import topics
from satark.schemas.codec import decode, encode
from satark.schemas.incidents import IncidentEvent
from satark.schemas.notifications import Notification, Outcome
from satark.schemas.open_incidents import OpenIncident, ReceiverTold
from satark.simulators.mail.server import RunningMailCatcher, running_mail_catcher
from tests.faults.gate import PATIENCE_S, Gate
from tests.faults.moments import Api, Moment, after, before
from tests.faults.recovery import Clock
from tests.faults.wires import KafkaWire, PlainWire
from tests.integration.test_notifier import NOC, incident
from tests.support.estate import doubles
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually
from tests.unit.notifier.scenes import OLDEST_S, resolved

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

END_OF_MAIL = before(None, "\r\n.\r\n")

ONCE: dict[str, tuple[Moment, ...]] = {
    "an incident comes": (after(Api.FETCH, topics.ANOMALIES, "wan-link/vco/1/A"),),
    "it notes the incident as open": (before(Api.PRODUCE, topics.OPEN_INCIDENTS),),
    "it has noted the incident as open": (after(Api.PRODUCE, topics.OPEN_INCIDENTS),),
    "a mail is on its way": (END_OF_MAIL,),
    "it has written the outcome": (after(Api.PRODUCE, topics.NOTIFICATIONS),),
    "it commits": (before(Api.OFFSET_COMMIT, topics.ANOMALIES),),
}

TWICE: dict[str, tuple[Moment, ...]] = {
    "the mail is accepted": (END_OF_MAIL, after(None, "250 ")),
    "it writes the outcome": (before(Api.PRODUCE, topics.NOTIFICATIONS),),
}
"""Between the mail server's 250 and the outcome lies the gap that SMTP leaves open (docs/adr/0007)."""

HEIRS = {
    "it learns what was told": before(Api.FETCH, topics.NOTIFICATIONS),
    "it learns what is open": before(Api.FETCH, topics.OPEN_INCIDENTS),
    "it learns what is silenced": before(Api.FETCH, topics.SILENCES),
}
"""While a notifier takes over, with the wish to remind of what is open."""

ROUTES = """
route: {receiver: noc, group_wait: 0s, repeat_interval: 1h}
receivers: [{name: noc, email_configs: [{to: noc@example.net}]}]
"""


class Office:
    """Incidents, notifiers, and whom they tell. A notifier that is `watched` goes through the gates."""

    def __init__(
        self, kafka: KafkaSettings, gates: tuple[Gate, Gate], mail: RunningMailCatcher, satark: SatarkProcesses
    ) -> None:
        self.kafka = kafka
        self.broker, self.server = gates
        self.mail = mail
        self.routes: Path | None = None
        self._satark = satark

    def start(self, *, watched: bool = False) -> SatarkProcess:
        """Start a notifier."""
        port = self.server.port if watched else self.mail.port
        environment = {
            "SATARK_KAFKA_BROKERS": self.broker.address if watched else self.kafka.brokers,
            "SATARK_NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "SATARK_NOTIFIER_SENDER": "satark@example.net",
            "SATARK_NOTIFIER_RECEIVERS": NOC,
            "SATARK_NOTIFIER_RETRY_AFTER_S": "0.2",
            "SATARK_NOTIFIER_GROUP_WAIT_S": "0",
            "SATARK_NOTIFIER_STALE_AFTER_S": str(OLDEST_S),
        }
        if self.routes is not None:
            environment["SATARK_NOTIFIER_ROUTES"] = str(self.routes)
        return self._satark.start("notifier", environment=environment)

    async def write(self, *records: OutgoingRecord) -> None:
        """Write records."""
        async with Producer(self.kafka, client_id="test", compressed=False) as producer:
            await producer.send_all(records)

    async def publish(self, *events: IncidentEvent) -> None:
        """Publish incidents as the detector does."""
        encoded = [encode(event, source="/satark/detector") for event in events]
        await self.write(*(OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded))

    async def outcomes(self, count: int) -> list[Notification]:
        """Wait for so many mails to be on record; return all outcomes."""

        async def enough() -> list[Notification]:
            found = [record async for record in read_to_end(self.kafka, topics.NOTIFICATIONS)]
            told = [decode(record.topic, record.value, record.headers) for record in found]
            return told if len([each for each in told if each.outcome is Outcome.SENT]) >= count else []

        return await eventually(enough, PATIENCE_S, what=f"{count} outcomes")

    def mails(self) -> list[tuple[str, str]]:
        """Return what each mail that came says, and of which link, oldest first."""
        told = [each.summary for each in self.mail.mails()]
        return [(each.subject.partition(" ")[0], each.satark["X-Satark-Link"]) for each in told]


@pytest.fixture
async def office(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Office]:
    """An office on a Kafka of its own."""
    kafka = KafkaSettings(brokers=own_kafka.brokers, partitions=2)
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(Admin(kafka))
        await apply(kafka, admin)
        mail = await stack.enter_async_context(running_mail_catcher(folder=tmp_path / "mails"))
        broker = await stack.enter_async_context(Gate(kafka.brokers, KafkaWire))
        server = await stack.enter_async_context(Gate(f"{mail.host}:{mail.port}", PlainWire))
        yield Office(kafka, (broker, server), mail, satark)


async def _killed_at(office: Office, recovery: Clock, moments: tuple[Moment, ...]) -> None:
    """Kill a notifier that tells of incident A, and let the next one tell of its end."""
    gate = office.server if moments[0].api is None else office.broker
    notifier = office.start(watched=True)
    await notifier.event("outcomes_read")
    held = gate.hold(*moments)
    await office.publish(incident("A"))
    await held.come()

    with recovery("the rest is told"):
        await notifier.kill()
        office.start()
        await office.publish(resolved(incident("A")))
        await office.outcomes(2)


@pytest.mark.parametrize("moment", ONCE)
async def test_killed_while_it_tells(office: Office, recovery: Clock, moment: str) -> None:
    """A notifier is killed while it tells of an incident: its beginning is one mail, and so is its end."""
    await _killed_at(office, recovery, ONCE[moment])

    assert office.mails() == [("[OPENED]", "A"), ("[RESOLVED]", "A")]
    assert doubles(await office.outcomes(2)) == {}


@pytest.mark.parametrize("moment", TWICE)
async def test_killed_between_a_mail_and_its_outcome(office: Office, recovery: Clock, moment: str) -> None:
    """A notifier is killed after a mail was accepted and before that is on record: a second copy has the same id."""
    await _killed_at(office, recovery, TWICE[moment])
    first, copy, _ = (mail.summary.message_id for mail in office.mail.mails())

    assert office.mails() == [("[OPENED]", "A"), ("[OPENED]", "A"), ("[RESOLVED]", "A")]
    assert first == copy
    assert doubles(await office.outcomes(2)) == {}


async def test_killed_while_a_mail_is_put_off(office: Office, recovery: Clock) -> None:
    """A notifier is killed while the mail server refuses for the moment: the next one sends the mail, once."""
    office.mail.script.reply("451 4.3.0 try again later", stage="data", times=None)
    notifier = office.start()
    await office.publish(incident("A"))
    await notifier.event("message_put_off")

    with recovery("the mail is sent"):
        await notifier.kill()
        office.mail.script.clear()
        office.start()
        await office.outcomes(1)

    assert office.mails() == [("[OPENED]", "A")]


@pytest.mark.parametrize("moment", HEIRS)
async def test_killed_while_it_takes_over(office: Office, tmp_path: Path, recovery: Clock, moment: str) -> None:
    """A notifier is killed, and so is its heir while it learns: the third one repeats neither mail nor reminder."""
    office.routes = tmp_path / "routes.yaml"
    office.routes.write_text(ROUTES)
    await office.write(record_of(_lasting("L"), source="/test"))
    first = office.start()
    await office.publish(incident("A"))
    await office.outcomes(2)
    await first.kill()
    await office.publish(incident("B"))
    held = office.broker.hold(HEIRS[moment])
    heir = office.start(watched=True)
    await held.come()

    with recovery("the next incident is told"):
        await heir.kill()
        office.start()
        await office.outcomes(3)
    await office.publish(resolved(incident("A")))
    await office.outcomes(4)

    assert sorted(office.mails()[:2]) == [("[OPENED]", "A"), ("[STILL", "L")]
    assert office.mails()[2:] == [("[OPENED]", "B"), ("[RESOLVED]", "A")]


def _lasting(name: str) -> OpenIncident:
    """Return an incident that the NOC was told of two hours ago, and is to be reminded of."""
    event, then = incident(name), datetime.now(UTC) - timedelta(hours=2)
    told = ReceiverTold(channel="email", receiver=NOC, route="root", first=then, last=then, severity=event.severity)
    return OpenIncident.of(event, topic=topics.ANOMALIES, partition=0, told=[told])
