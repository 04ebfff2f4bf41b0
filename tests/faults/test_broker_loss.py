"""The broker dies under the running services and comes back: they say so, wait, and go on where they were."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from tests.faults.recovery import Clock
from tests.support.estate import BAD_BUCKETS, doubles, estate
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(240)]

SERVICES = ("detector", "notifier", "poller")


async def _unready(process: SatarkProcess) -> bool:
    answer = await http_get(f"{await process.ops_url()}/readyz")
    return answer is not None and answer.status == 503


async def test_a_broker_that_is_killed_and_restarted_loses_nothing(
    tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses, recovery: Clock
) -> None:
    """Kill -9 of the broker during an incident: one opened and one resolved mail, no process restarted by hand."""
    cluster = await start_kafka()
    async with estate(tmp_path, cluster.endpoint(), satark) as whole:
        processes = {service: whole.start(service) for service in SERVICES}
        for process in processes.values():
            await process.ready()
        whole.show(1)
        await whole.outcomes_until(1)

        await cluster.kill()
        whole.show(BAD_BUCKETS + 5)
        for process in processes.values():
            await process.event("brokers_unreachable")
            await process.until(lambda process=process: _unready(process), what="an unready process")
        with recovery("the broker is back, and the mail of what ended meanwhile has come"):
            await cluster.restart()
            mails = await whole.mails(2)
        await whole.outcomes_until(2)
        incidents = await whole.incidents()
        samples = await whole.records(topics.METRICS)
        for process in processes.values():
            await process.ready()

    assert [mail.subject.split()[0] for mail in mails] == ["[OPENED]", "[RESOLVED]"]
    assert [IncidentOpened, IncidentResolved] == [
        type(event) for event in incidents if isinstance(event, IncidentOpened | IncidentResolved)
    ]
    assert doubles(samples) == {}


async def test_services_wait_for_a_broker_that_is_not_there_yet(
    tmp_path: Path, start_kafka: Callable[..., Any], satark: SatarkProcesses, recovery: Clock
) -> None:
    """Started before the broker, the services are alive and unready with a reason, and become ready when it comes."""
    cluster = await start_kafka()
    async with estate(tmp_path, cluster.endpoint(), satark) as whole:
        await cluster.stop()
        processes = {service: whole.start(service) for service in SERVICES}
        for process in processes.values():
            await process.event("kafka_unreachable")
            url = await process.ops_url()
            alive = await http_get(f"{url}/healthz")
            ready = await http_get(f"{url}/readyz")
            assert alive is not None
            assert ready is not None
            assert (alive.status, ready.status) == (200, 503)
        with recovery("the broker has come, and all services are ready"):
            await cluster.restart()
            for process in processes.values():
                await process.ready()
