"""One check: everything is asked at once, each within its time, and what does not answer is a finding too."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from satark.runtime import brokers, topics
from satark.runtime.api import ApiSettings
from satark.runtime.checking import cluster, contents, readers, services, web
from satark.runtime.checking.findings import Finding, State
from satark.runtime.checking.looks import Looks
from satark.runtime.checking.services import About, Answered
from satark.runtime.checking.survey import Survey
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaError
from satark.schemas.topics import all_topics, dead_letter_topics

LIMIT_S = 30.0
"""For all of Kafka. A check that hangs says less than one that ends without an answer."""

Say = Callable[[str], None]
FAILURES = (KafkaError, OSError)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked. `ops` are host:port; `without` names services that this estate does not have."""

    kafka: KafkaSettings
    api: ApiSettings | None = None
    ops: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    limit_s: float = LIMIT_S


async def gathered(asked: Asked, say: Say) -> list[Finding]:
    """Check everything; return the findings, those of a part together."""
    looks: list[Coroutine[Any, Any, list[Finding]]] = [_kafka(asked, say)]
    if asked.api is not None:
        looks.append(_api(asked.api, say))
    looks += [_ops(address, say) for address in asked.ops]
    found = [finding for findings in await asyncio.gather(*looks) for finding in findings]
    order = list(dict.fromkeys(finding.part for finding in found))
    return sorted(found, key=lambda finding: order.index(finding.part))


async def _kafka(asked: Asked, say: Say) -> list[Finding]:
    say("Kafka: is it there?")
    found: list[Finding] = []
    try:
        async with asyncio.timeout(asked.limit_s):
            if reason := await brokers.unreachable(asked.kafka):
                return cluster.unreachable(reason)
            async with Survey(asked.kafka) as survey:
                await _survey(asked, survey, found, say)
    except TimeoutError:
        found.append(_unknown(cluster.BROKERS, f"not answered within {asked.limit_s:g} s", State.BAD))
    except FAILURES as error:
        found.append(_unknown(cluster.BROKERS, _text(error), State.BAD))
    return found


async def _survey(asked: Asked, survey: Survey, found: list[Finding], say: Say) -> None:
    """Add the findings of a cluster as they come: what is known by the end of the time is told."""
    settings, copies = asked.kafka, asked.kafka.replication_factor
    wanted = [
        cluster.Wanted(topic.name, topics.least_partitions(topic, settings), copies, topics.topic_config(topic, copies))
        for topic in all_topics()
    ]
    say("Kafka: brokers and topics")
    told, present = await asyncio.gather(survey.brokers(), survey.topics({topic.name for topic in wanted}))
    found += cluster.brokers_found(told, copies)
    hidden = await survey.hidden({topic.name for topic in wanted} - set(present))
    found += [cluster.topic_found(topic, present.get(topic.name), hidden=topic.name in hidden) for topic in wanted]
    looks = Looks(survey, present, *await survey.spans(present))
    dead = [topic.name for topic in all_topics() if topic in dead_letter_topics() or topic.name.endswith(".dlq")]

    async def sources() -> list[Finding]:
        say("Kafka: gateways, generators and data")
        about, generators = await looks.generators()
        return [*about, *await looks.contents(dead, asked.without, generators)]

    for findings in await asyncio.gather(
        _guarded(readers.PART, looks.readers(_present(asked.without))) if settings.topic_admin else _nothing(),
        _guarded(contents.DATA, sources()),
        _guarded("sources", looks.orchestrators()) if "poller" not in asked.without else _nothing(),
        _guarded("notifications", looks.outcomes()) if "notifier" not in asked.without else _nothing(),
    ):
        found += findings


def _present(without: Iterable[str]) -> list[str]:
    return [service for service in readers.SERVICES if service not in set(without)]


async def _guarded(part: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        return await look
    except FAILURES as error:
        return [_unknown(part, _text(error))]


async def _nothing() -> list[Finding]:
    return []


async def _api(settings: ApiSettings, say: Say) -> list[Finding]:
    say(f"REST API: {settings.url}")
    try:
        answered = await web.ask_api(settings, "/v1/health")
    except web.SilentError as error:
        return [services.away("REST API", str(error))]
    return _served("REST API", answered, None)


async def _ops(address: str, say: Say) -> list[Finding]:
    say(f"ops port: {address}")
    try:
        answered, version = await asyncio.gather(web.ask_ops(address, "/readyz"), web.ask_ops(address, "/version"))
    except web.SilentError as error:
        return [services.away(address, str(error))]
    return _served(address, answered, services.about_of(version))


def _served(what: str, answered: Answered, about: About | None) -> list[Finding]:
    clock = contents.clock_found(what, services.ahead(answered, datetime.now(UTC)))
    return [services.service_found(what, answered, about), *([clock] if clock else [])]


def _unknown(part: str, detail: str, state: State = State.UNKNOWN) -> Finding:
    return Finding(part=part, what="asking", state=state, detail=detail, todo="docs/how-to/run-it.md#kafka")


def _text(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:300]
