"""The mail server is down for an hour, which a faked clock makes half a minute: every mail arrives, and arrives once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from satark.schemas import topics
from satark.schemas.notifications import Outcome
from tests.faults.doors import Relay
from tests.faults.faketime import WallClock
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, assert_told_once
from tests.support.estate import BAD_BUCKETS, Estate, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually
from tests.unit.notifier.channels.http_target import HttpTarget, answering

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

RATE, STEP_S = 120.0, 0.25
"""An hour is half a minute, a step half a minute of that hour."""

RETRY_AFTER_S = (60.0, 300.0, 900.0, 1800.0, 3600.0)
"""The settings' own."""

GLANCE_S = 5.0
"""The notifier looks at its clock this often, in real seconds."""

BEHIND_S = 7_200
"""It begins in the past: a broker takes no record from more than an hour ahead of its own clock."""

PATIENCE_S = 100.0
REFUSES_S, GREYLISTS_S = 1_500, 2_100
LATEST_S = BEHIND_S + 3_000
"""The virtual clock stays within the hour that a broker allows."""

GROUP = "satark-notifier"
EMAIL, PAGER = "noc@example.net", "pager/webhook"


class Hour:
    """The notifier's wall clock, moved on in small steps: a clock that runs faster would hurry its sleeps too."""

    def __init__(self, folder: Path) -> None:
        self.wall = WallClock(folder / "clock")
        self.wall.set(-BEHIND_S)
        self.elapsed_s = 0.0

    async def until(self, elapsed_s: float, *, unless: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until so much virtual time has passed since the beginning, or something has happened."""
        while self.elapsed_s < elapsed_s and not unless():
            await asyncio.sleep(STEP_S)
            self.elapsed_s += STEP_S * RATE
            self.wall.set(int(self.elapsed_s) - BEHIND_S)


class Office:
    """A mail server that can be away, a fallback, and the notifier that knows of both."""

    def __init__(self, whole: Estate, relay: Relay, pager: HttpTarget, folder: Path) -> None:
        self.whole, self.relay, self.pager = whole, relay, pager
        self.hour = Hour(folder)
        self._routes = folder / "routes.yaml"
        self._routes.write_text(
            "route: {receiver: noc, group_wait: 0s}\n"
            "receivers:\n"
            f"  - {{name: noc, email_configs: [{{to: {EMAIL}}}], fallback: pager}}\n"
            f"  - {{name: pager, webhook_configs: [{{url: '{pager.base}/hook'}}]}}\n"
        )

    def notifier(self) -> SatarkProcess:
        """Start the notifier, by the virtual clock."""
        return self.whole.start(
            "notifier",
            SATARK_NOTIFIER_SMTP_URL=f"smtp://127.0.0.1:{self.relay.port}",
            SATARK_NOTIFIER_RETRY_AFTER_S=",".join(map(str, RETRY_AFTER_S)),
            SATARK_NOTIFIER_ROUTES=str(self._routes),
            **self.hour.wall.environment(),
        )

    async def outcomes(self) -> Counter[tuple[str, Outcome]]:
        """Return what the notifier says it has told, and whom."""
        return Counter((each.receiver, each.outcome) for each in await self.whole.records(topics.NOTIFICATIONS))


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


@pytest.fixture
async def office(whole: Estate, tmp_path: Path) -> AsyncIterator[Office]:
    """The mail server's way, and the fallback."""
    async with Relay(whole.mail.host, whole.mail.port) as relay, answering(HttpTarget()) as pager:
        yield Office(whole, relay, pager, tmp_path)


async def _until_put_off(notifier: SatarkProcess, word: str) -> None:
    await notifier.until(
        lambda: [e for e in notifier.events("message_put_off") if word in e["detail"]],
        PATIENCE_S,
        what=f"a mail put off: {word}",
    )


async def _committed(whole: Estate) -> int:
    """Return how many incident events count as done."""
    admin = AIOKafkaAdminClient(bootstrap_servers=whole.kafka.brokers)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(GROUP)
    finally:
        await admin.close()
    return sum(max(0, at.offset) for place, at in offsets.items() if place.topic == topics.ANOMALIES)


def _assert_paced(notifier: SatarkProcess) -> None:
    """The tries of a process are as far apart as the settings say, as well as a faked clock can be watched."""
    tried = [datetime.fromisoformat(event["time"]) for event in notifier.events("message_put_off")]
    waits = [(after - before).total_seconds() for before, after in pairwise(tried)]
    wanted = RETRY_AFTER_S[: len(waits)]

    assert len(waits) <= len(RETRY_AFTER_S)
    assert [wait for wait, least in zip(waits, wanted, strict=True) if wait < least] == []
    assert [wait for wait, least in zip(waits, wanted, strict=True) if wait > least + 3 * GLANCE_S * RATE] == []


@pytest.mark.parametrize("killed", [False, True], ids=["", "killed"])
async def test_an_hour_without_mail(whole: Estate, office: Office, recovery: Clock, *, killed: bool) -> None:
    """Refused, then greylisted, the notifier tries at its pace, tells the fallback, and every mail arrives once."""
    notifiers = [office.notifier()]
    for process in (whole.start("detector"), whole.start("poller"), *notifiers):
        await process.ready()
    await whole.samples_until(-1)
    await office.relay.shut()
    whole.show(1)
    await _until_put_off(notifiers[-1], "")
    await office.hour.until(REFUSES_S)
    whole.mail.script.reply("451 4.7.1 greylisted, try again later", stage="rcpt", times=None)
    await office.relay.open()
    if killed:
        await notifiers[-1].kill()
        notifiers.append(office.notifier())
    await office.hour.until(REFUSES_S + GREYLISTS_S)
    await _until_put_off(notifiers[-1], "greylisted")
    # A new process counts anew how long nobody takes the mail.
    await office.hour.until(LATEST_S, unless=lambda: bool(office.pager.asked))
    before = await office.outcomes()
    committed = await _committed(whole)
    with recovery("the mail is told, an hour late"):
        whole.mail.script.clear()
        await office.hour.until(LATEST_S, unless=lambda: bool(whole.mail.mails()))
        await whole.mails(1)
    whole.show(BAD_BUCKETS + SETTLE_BUCKETS)
    await whole.mails(2)
    await whole.samples_until(BAD_BUCKETS + SETTLE_BUCKETS)

    # Who was told of the beginning in somebody's stead hears of the end, too.
    in_the_end = Counter({(EMAIL, Outcome.SENT): 2, (PAGER, Outcome.SENT): 2})

    async def all_told() -> bool:
        return sum((await office.outcomes()).values()) >= in_the_end.total()

    await eventually(all_told, PATIENCE_S, what="every outcome")
    await assert_told_once(whole)
    await assert_every_sample_once(whole, BAD_BUCKETS + SETTLE_BUCKETS)
    for notifier in notifiers:
        _assert_paced(notifier)
    assert before == Counter({(PAGER, Outcome.SENT): 1})
    assert committed == 0
    assert await office.outcomes() == in_the_end
    assert len(office.pager.asked) == in_the_end[PAGER, Outcome.SENT]
