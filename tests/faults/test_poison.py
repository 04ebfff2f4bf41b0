"""Records that nobody can read, on every topic that a service reads: each is kept or counted, and stops nothing."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as changed
from prometheus_client.parser import text_string_to_metric_families

from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord
from satark.schemas import examples, topics
from satark.schemas.checkpoints import PollerCheckpoint
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate as Generators
from satark.simulators.mail.server import running_mail_catcher
from tests.faults import gateways
from tests.faults.everything import SCENARIO, each_sample_once
from tests.faults.gateways import QUICK
from tests.faults.poison import contents, poison, read, record_of, write
from tests.faults.recovery import Clock
from tests.integration.analytics.keeping import asked, inserted, samples, started, topics_on
from tests.integration.test_notifier import incident
from tests.support.estate import estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.sick_links import BAD, PATIENCE_S, QUIET, SickLinks, sample
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

UNREADABLE = "satark_events_unreadable_total"


async def all_kept(kafka: KafkaSettings, broken: Iterable[OutgoingRecord]) -> None:
    """Wait until each of these records, and nothing else, is among the dead letters of its topic, once."""
    by_topic: dict[str, list[OutgoingRecord]] = {}
    for record in broken:
        by_topic.setdefault(record.topic, []).append(record)
    for topic, records in by_topic.items():

        async def kept(name: str = f"{topic}.dlq", count: int = len(records)) -> bool:
            return len(await read(kafka, name)) >= count

        await eventually(kept, PATIENCE_S, what=f"{len(records)} dead letters of {topic}")
        assert contents(records) == contents(await read(kafka, f"{topic}.dlq"))


async def all_counted(process: SatarkProcess, topic: str, count: int, name: str = UNREADABLE) -> None:
    """Wait until the process has counted so many records of a topic."""

    async def counted() -> bool:
        answer = await http_get(f"{await process.ops_url()}/metrics")
        families = text_string_to_metric_families(answer.body.decode()) if answer else ()
        found = [each for family in families for each in family.samples if each.name == name]
        return sum(each.value for each in found if each.labels["topic"] == topic) == count

    await process.until(counted, PATIENCE_S, what=f"{count} unreadable records of {topic}")


async def test_the_detector(own_kafka: KafkaEndpoint, satark: SatarkProcesses, recovery: Clock) -> None:
    """Garbage, wrong keys and types, and a sample of the future are kept; damaged states are begun anew; links are judged."""
    links = SickLinks(own_kafka, satark)
    await links.prepare()
    good = sample(0, 0, latency_ms=20.0)
    ahead = changed(examples.sample(), time=datetime.now(UTC) + timedelta(days=2))
    kept = [
        *poison(topics.METRICS),
        replace(good, key=None),
        record_of(ahead),
        *(record for record in poison(topics.UVES) if not record.headers),
        *poison(topics.GROUP_NOTICES),
    ]
    passed_over = [topics.ALARM_COMMANDS, topics.ACCEPTANCES, topics.ANOMALIES, topics.BASELINES]
    damaged = [
        OutgoingRecord(topic, key, b"\xc1 no state")
        for topic in (topics.DETECTOR_CHANGELOG, topics.GROUPS_CHANGELOG, topics.UVE_CHANGELOG)
        for key in (b"\xff\xfe", good.key)
    ]
    share = changed(examples.share(), time=datetime.now(UTC))
    with recovery("links are judged"):
        await write(links.settings, [*damaged, *kept])
        await write(links.settings, [record for topic in passed_over for record in poison(topic)])
        await write(links.settings, [record_of(share)])
        detector = links.start()
        await links.publish(QUIET)
        await links.publish(BAD, bad=True)

        async def all_open() -> bool:
            found = await read(links.settings, topics.ANOMALIES)
            return sorted(r.key.decode() for r in found if r.key and r.key.startswith(b"wan-link/vco/1/")) == links.sick

        await detector.until(all_open, PATIENCE_S, what="an incident of every sick link, once")

    await all_kept(links.settings, kept)
    for topic in passed_over:
        await all_counted(detector, topic, len(poison(topic)))

    async def states() -> list[bytes]:
        return [record.key or b"" for record in await read(links.settings, topics.UVE_STATES)]

    assert await eventually(states, PATIENCE_S, what="the state of a UVE") == [share.entity.encode()]


async def test_the_notifier(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path, recovery: Clock) -> None:
    """Incidents and groups that cannot be read are kept, what people said and what was told is passed over; one mail comes."""
    kafka = await topics_on(own_kafka)
    kept = [*poison(topics.ANOMALIES), *poison(topics.INCIDENT_GROUPS)]
    passed_over = [topics.NOTIFICATIONS, topics.OPEN_INCIDENTS, topics.SILENCES, topics.ACKNOWLEDGEMENTS]
    async with running_mail_catcher(folder=tmp_path / "mails") as mail:
        with recovery("an incident is told"):
            await write(kafka, [*kept, *(record for topic in passed_over for record in poison(topic))])
            notifier = satark.start(
                "notifier",
                environment={
                    **own_kafka.environment(),
                    "SATARK_NOTIFIER_SMTP_URL": f"smtp://{mail.host}:{mail.port}",
                    "SATARK_NOTIFIER_SENDER": "satark@example.net",
                    "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
                    "SATARK_NOTIFIER_GROUP_WAIT_S": "0",
                    "SATARK_NOTIFIER_STALE_AFTER_S": "4000000000",
                },
            )
            await write(kafka, [record_of(incident("A"))])
            await notifier.event("notification_sent")

        await all_kept(kafka, kept)
        for topic in passed_over:
            await all_counted(notifier, topic, len(poison(topic)))
        assert [each.summary.satark["X-Satark-Link"] for each in mail.mails()] == ["A"]


async def test_analytics(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path, recovery: Clock) -> None:
    """What cannot become rows is kept where its topic has dead letters, and counted elsewhere; the rows of all others come."""
    kafka = await topics_on(own_kafka)
    letters = [topics.METRICS, topics.MESSAGES, topics.UVES, topics.FLOW_SESSIONS, topics.ANOMALIES]
    letters += [topics.INCIDENT_GROUPS]
    counted = [topics.NOTIFICATIONS, topics.GENERATORS, topics.BASELINES]
    beside = [topics.UVE_STATES, topics.UVE_CHANGELOG, topics.SILENCES, topics.ACKNOWLEDGEMENTS]
    kept = [record for topic in letters for record in poison(topic)]
    with recovery("rows are inserted"):
        await write(kafka, kept)
        await write(kafka, [record for topic in (*counted, *beside) for record in poison(topic)])
        await write(kafka, [record_of(each) for each in samples(0, 20)])
        process = started(satark, own_kafka, f"chdb://{tmp_path}/store")
        await inserted(process, "samples", 60)

    await all_kept(kafka, kept)
    unusable = "satark_analytics_unusable_records_total"
    for topic in counted:
        wanted = len([record for record in poison(topic) if record.value])
        await all_counted(process, topic, wanted, unusable)
    for topic in beside[2:]:
        await all_counted(process, topic, len(poison(topic)))
    await process.ready()
    await process.terminate()
    assert asked(tmp_path / "store", "SELECT count(), uniqExact(id, metric) FROM samples") == [[60, 60]]


async def test_the_gateway(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path, recovery: Clock) -> None:
    """Leases, sessions and questions that cannot be read are counted; generators are taken, and what they say is published."""
    kafka = await topics_on(own_kafka)
    passed_over = [topics.GENERATORS, topics.GATEWAYS, topics.REQUESTS]
    with recovery("generators are heard"):
        await write(kafka, [record for topic in passed_over for record in poison(topic)])
        gateway = gateways.start(satark, tmp_path, "g1", kafka.brokers)
        wiring = Wiring((await gateway.address(),), timers=QUICK)
        async with AsyncExitStack() as stack:
            estate = await stack.enter_async_context(Generators(SCENARIO, seed=5, wiring=wiring))
            await gateways.told(estate, 1)
            await gateway.process.until(lambda: gateways.balanced(gateway), what="balanced books")
            await write(kafka, poison(topics.REQUESTS))
            await all_counted(gateway.process, topics.REQUESTS, len(poison(topics.REQUESTS)))

    for topic in passed_over[:2]:
        await all_counted(gateway.process, topic, len(poison(topic)))
    assert (await gateway.totals())["published"] > 0


async def test_the_poller(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path, recovery: Clock) -> None:
    """Checkpoints, states and samples that cannot be read are passed over: the last good checkpoint counts, all comes once."""
    async with estate(tmp_path, own_kafka, satark) as whole:
        first = whole.start("poller")
        await whole.samples_until(-1)
        await first.kill()
        hostile = PollerCheckpoint(orchestrator="vco.test", window_end=whole.begin, offsets={"x": 1, "-1": -5})
        link = b"wan-link/vco.test/1"
        keys = {topics.POLLER_CHECKPOINTS: b"vco.test", topics.STATES: link, topics.METRICS: link}
        broken = [replace(record, key=key) for topic, key in keys.items() for record in poison(topic)]
        with recovery("samples come again"):
            await write(whole.settings, [*broken, record_of(hostile)])
            whole.show(1)
            second = whole.start("poller")
            await each_sample_once(whole, -1, 1)

        await all_counted(second, topics.POLLER_CHECKPOINTS, len(poison(topics.POLLER_CHECKPOINTS)) + 1)
        await all_counted(second, topics.STATES, len(poison(topics.STATES)))
