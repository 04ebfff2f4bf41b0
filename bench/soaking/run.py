"""One soak from the first bucket to the verdict."""

import asyncio
from asyncio import TaskGroup
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from bench.soaking import mails, stories, verdict
from bench.soaking.estate import JUDGED, Estate, Extent
from bench.soaking.samples import counted, differences, wanted
from bench.soaking.uves import Objects
from bench.soaking.verdict import Finding
from bench.soaking.watching import Row, ends_now, left_before, size, topics_now, totals, usage
from bench.soaking.week import DAY, Week
from satark.analytics.store.address import Embedded
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Statement
from satark.runtime.checking.readers import Position
from satark.runtime.checking.survey import Survey
from satark.runtime.kafka import KafkaError, read_to_end
from satark.schemas import codec
from satark.schemas.metrics import WAN_LINK
from satark.schemas.topics import ANOMALIES, INCIDENT_GROUPS, NOTIFICATIONS
from tests.support.waiting import NeverHappenedError, eventually

BEHIND_BUCKETS = 40
"""So many buckets' samples may wait for a group before the clock waits for it; more than that was never seen."""

SETTLE_S = 180.0
HELD_S = 600.0
LOOK_S = 1.0
QUIET_S = 20.0
"""Longer than a beginning waits for a group, and a group for its members."""

STORED_BY = "analytics"

STAGES = ("what happened", "what was made of it", "what became of that")
"""Records of daemons and links, then events of the detector and of people, then the notifier's."""


class Teller(Protocol):
    """Shows how it goes."""

    def row(self, row: Row, share: float, left_s: float) -> None:
        """Show a row, the share of the week that is over, and the seconds that are left."""
        ...

    def step(self, text: str) -> None:
        """Show what is being done after the week."""
        ...


@dataclass
class Soak:
    """A run, and what is seen of it.

    `held_s`: how long the clock waited for somebody who was behind. `left`: records of the week that a group had not read
    in the end.
    """

    week: Week
    extent: Extent
    teller: Teller
    rows: list[Row] = field(default_factory=list)
    held_s: float = 0.0
    left: Mapping[str, int] = field(default_factory=dict)
    _began_s: float = field(default_factory=monotonic)
    _bucket: int = -1

    async def through(self, estate: Estate) -> None:
        """Let the week pass, and what it left behind settle."""
        stop, over = asyncio.Event(), asyncio.Event()
        async with Survey(estate.kafka) as survey, TaskGroup() as works:
            works.create_task(estate.daemons.run(stop, speed=self.extent.speed))
            watching = works.create_task(self._watch(estate, survey, over))
            await self._pass(estate)
            stop.set()
            self.teller.step("the week is over; waiting until daemons have written what they told")
            await estate.daemons.settle(SETTLE_S)
            await self._settle(survey)
            over.set()
            await watching

    async def _pass(self, estate: Estate) -> None:
        began_s = monotonic()
        for bucket in range(self.week.buckets):
            await estate.show(bucket)
            await estate.polled(bucket)
            self._bucket = bucket
            await self._hold()
            if monotonic() - began_s > self.extent.most_s:
                self.week = replace(self.week, buckets=bucket + 1)
                return
            await asyncio.sleep(max(0.0, began_s + self.held_s + (bucket + 1) * self.extent.pace_s - monotonic()))

    async def _hold(self) -> None:
        """Let the clock stand while a group is far behind: a machine that is too slow must not look like a leak."""
        began_s = monotonic()
        await eventually(self._is_near, HELD_S, what="a group that catches up", pause_s=0.1)
        self.held_s += monotonic() - began_s

    def _is_near(self) -> bool:
        return not self.rows or max(self.rows[-1].topics.lag.values()) <= self.most_lag

    @property
    def most_lag(self) -> int:
        """Records that may wait for a group."""
        return BEHIND_BUCKETS * self.extent.links + 20 * self.extent.generators

    async def _settle(self, survey: Survey) -> None:
        """Wait until all is read that was told, the last mails included; daemons' libraries go on telling of themselves."""
        for stage in STAGES:
            self.teller.step(f"waiting until {stage} is read")
            is_read = partial(self._is_read, survey, await ends_now(survey))
            with suppress(NeverHappenedError):
                await eventually(is_read, SETTLE_S, pause_s=self.extent.look_s)
            await asyncio.sleep(QUIET_S)

    async def _is_read(self, survey: Survey, ends: Mapping[Position, int]) -> bool:
        self.left = await left_before(survey, ends)
        return not self.left

    async def _watch(self, estate: Estate, survey: Survey, over: asyncio.Event) -> None:
        while not over.is_set():
            with suppress(KafkaError):  # a busy machine: the next look sees it
                row = await self.look(estate, survey)
                self.rows.append(row)
                share = (self._bucket + 1) / self.week.buckets
                self.teller.row(row, share, row.at_s * (1 - share) / share if share else 0.0)
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), self.extent.look_s)
        self.rows.append(await self.look(estate, survey))

    async def look(self, estate: Estate, survey: Survey) -> Row:
        """Measure everything."""
        pids = {name: estate.services[name].pid for name in JUDGED} | {"vco": estate.vco.pid, "kafka": estate.kafka_pid}
        topics = await topics_now(survey)
        page = await estate.page("analytics")
        stored, logged = await asyncio.gather(
            asyncio.to_thread(size, estate.store), asyncio.to_thread(size, estate.cluster.data or Path())
        )
        return Row(
            at_s=monotonic() - self._began_s,
            day=(self._bucket + 1) / DAY,
            usage={name: usage(pid) for name, pid in pids.items()},
            topics=topics,
            stored_rows=totals(page, "satark_analytics_rows_total") or (self.rows[-1].stored_rows if self.rows else 0),
            stored_bytes=stored,
            kafka_bytes=logged,
            mails=len(estate.mail.mailbox.newest_first()),
            sessions=estate.daemons.progress.sessions,
        )


async def given_up(estate: Estate) -> Counter[str]:
    """Count what services say that they dropped or set aside."""
    counters = {
        "gateway-1": ("satark_gateway_messages_dropped_total", "satark_gateway_messages_dead_lettered_total"),
        "gateway-2": ("satark_gateway_messages_dropped_total", "satark_gateway_messages_dead_lettered_total"),
        "analytics": (
            "satark_analytics_unusable_records_total",
            "satark_analytics_rows_shed_total",
            "satark_analytics_rows_expired_total",
        ),
        "poller": ("satark_poller_windows_skipped_total", "satark_poller_skipped_total"),
        "detector": ("satark_detector_states_lost_total", "satark_detector_ungrouped_incidents_total"),
    }
    found: Counter[str] = Counter()
    for service, names in counters.items():
        page = await eventually(partial(estate.page, service), SETTLE_S, what=f"metrics of {service}")
        for name in names:
            found[f"{service} {name.removeprefix('satark_')}"] += totals(page, name)
    return found


async def events(estate: Estate, topic: str) -> list[Any]:
    """Return all events of a topic."""
    found = [record async for record in read_to_end(estate.kafka, topic)]
    return [codec.decode(record.topic, record.value, record.headers) for record in found]


async def judge(soak: Soak, estate: Estate) -> list[Finding]:
    """Return all findings; the services are stopped on the way, so that the store can be looked into."""
    week, rows, step = soak.week, soak.rows, soak.teller.step
    found = [*verdict.growth(rows, JUDGED), *verdict.work(rows, JUDGED), *verdict.lag(rows, soak.most_lag)]
    found.append(verdict.nothing("left unread", soak.left))
    step("holding incidents and mails against the script")
    found += await _told(week, estate)
    step("holding objects against what the daemons know")
    found += await _objects(estate)
    found.append(verdict.nothing("dead letters", rows[-1].topics.dead))
    found.append(verdict.nothing("given up", await given_up(estate)))
    found.append(verdict.nothing("tracebacks", tracebacks(estate)))
    step("stopping the services")
    found.append(verdict.nothing("services that did not end well", await stopped(estate)))
    step("counting every sample")
    count = await counted(estate.kafka, week)
    right = wanted(week)
    found += verdict.samples(differences(right, count.links), sum(map(sum, right.values())), count.backfilled)
    step("counting the store's rows")
    found += verdict.stored(
        {"samples": count.values, "incidents": len(await events(estate, ANOMALIES))}, await in_store(estate.store)
    )
    return found


async def _told(week: Week, estate: Estate) -> list[Finding]:
    anomalies = await events(estate, ANOMALIES)
    links = stories.told_of(event for event in anomalies if event.kind == WAN_LINK)
    others = stories.told_of(event for event in anomalies if event.kind != WAN_LINK)
    groups = stories.groups_of(await events(estate, INCIDENT_GROUPS))
    outcomes = await events(estate, NOTIFICATIONS)
    caught = [mail.summary for mail in estate.mail.mails()]
    states = mails.states_of(caught)
    judged = stories.judged(week, links, groups)
    link_weeks = sum(1 for _ in week.world.all_links()) * week.buckets / (7 * DAY)
    over = {name for name, episode in stories.attributed(week, links).items() if stories.is_over(week, episode)}
    ended = {name: told for name, told in (links | groups).items() if told.ended_at is not None or name in over}
    right = f"{len(links)} incidents, {len(groups)} groups, {len(caught)} mails"
    repeated = [told.name for told in others.values() if told.opened != 1 or told.resolved > 1]
    return [
        *verdict.incidents(judged, link_weeks),
        verdict.listed("two mails each", mails.unpaired(ended, states, outcomes), right),
        verdict.listed("alarms of daemons once", repeated, f"{len(others)} alarms"),
        verdict.nothing("mails that came twice", mails.doubled(caught)),
        verdict.nothing("notifications that failed", mails.failed(outcomes)),
    ]


async def _objects(estate: Estate) -> list[Finding]:
    objects = Objects()
    await objects.read(estate.kafka)
    told = objects.told(estate.daemons)
    wrong = await objects.worked_out(estate.kafka)
    different = sorted(wrong.states | wrong.stored) + [f"ghost of {ghost}" for ghost in sorted(wrong.ghosts)]
    progress = estate.daemons.progress
    text = f"{progress.sessions} sessions, {progress.books.sent:,} messages, {progress.restarts} restarts"
    return [
        verdict.listed("objects on the topic", told, text),
        verdict.listed("objects in the detector", different, f"{len(objects.ledger.shares)} shares"),
    ]


def tracebacks(estate: Estate) -> Mapping[str, int]:
    """Count tracebacks in what the services wrote."""
    texts = {
        name: service.log_file.read_bytes() + service.error_file.read_bytes()
        for name, service in estate.services.items()
    }
    return {name: text.count(b"Traceback") for name, text in texts.items()}


async def stopped(estate: Estate) -> Counter[str]:
    """Stop all services, and last the store's, which has by then what the others said when they went.

    Counts those that ended with another status than 0.
    """
    statuses = await _terminated(estate, estate.services.keys() - {STORED_BY})
    async with Survey(estate.kafka) as survey:
        ends = await ends_now(survey)

        async def is_stored() -> bool:
            return not await left_before(survey, ends, (STORED_BY,))

        with suppress(NeverHappenedError):  # the count of rows tells
            await eventually(is_stored, SETTLE_S, pause_s=LOOK_S)
    statuses |= await _terminated(estate, {STORED_BY})
    return Counter(f"{name} (status {status})" for name, status in statuses.items() if status)


async def _terminated(estate: Estate, names: Collection[str]) -> dict[str, int]:
    ended = await asyncio.gather(*(estate.services[name].terminate() for name in names))
    return dict(zip(names, ended, strict=True))


async def in_store(folder: Path) -> dict[str, int]:
    """Return the rows of tables, different ones only."""
    return await asyncio.to_thread(_rows_of, folder, ("samples", "incidents"))


def _rows_of(folder: Path, tables: Iterable[str]) -> dict[str, int]:
    store = Store(Embedded(str(folder)))
    try:
        return {name: int(store.rows(Statement(f"SELECT count() FROM {name} FINAL"))[0][0]) for name in tables}  # noqa: S608 - names of ours
    finally:
        store.close()
