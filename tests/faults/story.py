"""Traffic that tells whether anything was lost or doubled: links go bad one after another while a fault comes and goes.

    async with estate(folder, kafka, satark, world=WORLD, script=SCRIPT) as whole, traffic(whole) as story:
        ...
        await story.told_since(story.bucket)     # a mail about something that began after this
        await story.told_once()

Each bucket is shown for a moment, in every second another link goes bad, for four of them. So there is always something to be
polled, judged, opened, resolved and mailed, and in the end all that must be there is known. The story waits for its mails
when they stay behind: some of it is always under way, and there is always more of it to come.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial

from satark.schemas import topics
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.metrics import WAN_LINK, MetricSample
from satark.schemas.notifications import Outcome
from satark.simulators.vco.grid import grid
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.topology import World
from tests.support.estate import BAD_BUCKETS, BUCKET, Estate, doubles
from tests.support.processes import SatarkProcess, http_get
from tests.support.waiting import NeverHappenedError, eventually

EDGES, LINKS, APART = 8, 2, 2
PACE_S = 0.5
"""How long a bucket is the youngest, at least."""

AHEAD = 1
"""Links that go bad before the mail about an earlier one has come, at most. The poller reads the newest first when it has
more to make up for, and what a link went through meanwhile is then history, of which nobody is told."""

PATIENCE_S = 120.0
"""Many times what an idle machine takes; a silent broker is given up after twenty seconds, by each of three in turn."""

LOOK_S = 0.5
"""Between two looks at whole topics, which take their time."""

WORLD: World = grid(1, EDGES, LINKS)
TARGETS = tuple((edge.name, edge.links[number].name) for number in range(LINKS) for edge in WORLD.enterprises[0].edges)
"""Who goes bad, in this order: no three links of one provider or site within a quarter of an hour, which were a group."""

SCRIPT = Script(
    incidents=tuple(
        Incident(
            edge=edge,
            link=link,
            kind="step",
            start_s=number * APART * BUCKET.total_seconds(),
            duration_s=BAD_BUCKETS * BUCKET.total_seconds(),
            add={"latency_ms_rx": 67, "jitter_ms_rx": 28, "loss_pct_rx": 2},
        )
        for number, (edge, link) in enumerate(TARGETS)
    )
)
SERVICES = {
    "detector": {},
    "notifier": {
        "SATARK_NOTIFIER_DIGEST_ABOVE": "1000",
        "SATARK_NOTIFIER_MESSAGES_PER_HOUR": "1000000",
    },
    "poller": {"SATARK_POLLER_BACKFILLED_AFTER_S": "86400"},
}
LAST = APART * len(TARGETS) + BAD_BUCKETS + 5
"""The bucket in which all is over, and known to be."""


class Story:
    """What is shown, and what must have come of it."""

    def __init__(self, whole: Estate, poller: SatarkProcess) -> None:
        self.whole = whole
        self._poller = poller
        self.bucket = -1
        """The youngest that is shown."""

        self._until = LAST

    def allow(self, links: int) -> None:
        """Let so many links go bad and no more for now: what is still to be broken needs some, however long it takes."""
        self._until = APART * links - 1

    async def go_on(self, pace_s: float) -> None:
        """Show one bucket after another, up to the last."""
        while self.bucket < LAST:
            if self.bucket < min(self._until, APART * (self._opened() + AHEAD)):
                self._show(self.bucket + 1)
            await asyncio.sleep(pace_s)

    def _opened(self) -> int:
        return sum(subject.startswith("[OPENED]") for subject in self._subjects())

    def _show(self, bucket: int) -> None:
        self.bucket = bucket
        self.whole.show(bucket)

    async def told_since(self, bucket: int) -> None:
        """Wait for a mail about a link that goes bad after a bucket that has been shown."""
        names = [f"{edge} / {link}:" for edge, link in TARGETS[bucket // APART + 1 :]]

        def told() -> bool:
            return any(name in subject for subject in self._subjects() for name in names)

        await eventually(told, PATIENCE_S, what=f"a mail about what began after bucket {bucket}")

    async def published_anew(self) -> None:
        """Show one bucket more, and wait until the poller has all samples acknowledged."""
        self._show(self.bucket + 1)
        end = self.whole.begin + (self.bucket + 1) * BUCKET

        def looked() -> bool:
            goals = [
                datetime.fromisoformat(each["until"]) for each in self._poller.events("looked") if each["left"] == 0
            ]
            return bool(goals) and max(goals) >= end

        await self._poller.until(looked, PATIENCE_S, what=f"samples of bucket {self.bucket}")

    async def told_once(self) -> None:
        """Show the rest; find each sample, each incident and each mail that must be there, once."""
        while self.bucket < LAST:
            await self.published_anew()
        await self.whole.samples_until(LAST)
        await self._samples_once()
        await self._incidents_once()
        await self._mails_once()

    async def _samples_once(self) -> None:
        shown = {self.whole.begin + bucket * BUCKET for bucket in range(LAST + 1)}

        async def missing() -> dict[str, list[datetime]]:
            found = await self._samples()
            times = {entity: {each.time for each in found if each.entity == entity} for entity in _entities(found)}
            return {entity: sorted(shown - seen) for entity, seen in times.items() if shown - seen}

        async def complete() -> bool:
            return not await missing()

        with suppress(NeverHappenedError):
            await eventually(complete, PATIENCE_S, pause_s=LOOK_S)
        assert {} == await missing()
        found = await self._samples()
        assert {} == doubles(found)
        assert len(TARGETS) == len(_entities(found))

    async def _samples(self) -> list[MetricSample]:
        return [each for each in await self.whole.records(topics.METRICS) if each.kind == WAN_LINK]

    async def _incidents_once(self) -> None:
        wanted = sorted((*target, kind.__name__) for target in TARGETS for kind in (IncidentOpened, IncidentResolved))

        async def told() -> list[tuple[str, str, str]]:
            # A detector that is interrupted between telling and remembering tells again, under the same id (docs/adr/0019).
            events = {each.id: each for each in await self.whole.incidents()}.values()
            ends = [each for each in events if isinstance(each, IncidentOpened | IncidentResolved)]
            return sorted((each.labels["edge"], each.labels["link"], type(each).__name__) for each in ends)

        async def all_told() -> bool:
            return len(await told()) >= len(wanted)

        with suppress(NeverHappenedError):
            await eventually(all_told, PATIENCE_S, pause_s=LOOK_S)
        assert wanted == await told()

    async def _mails_once(self) -> None:
        await self.whole.mail.wait_for(2 * len(TARGETS), timeout_s=PATIENCE_S)
        await self.whole.outcomes_until(2 * len(TARGETS))
        outcomes = [each for each in await self.whole.records(topics.NOTIFICATIONS) if each.outcome is Outcome.SENT]
        # Whose acknowledgement a cut network has lost is written again, under the same id; the mail is not sent again.
        assert 2 * len(TARGETS) == len({each.id for each in outcomes})
        assert _expected_subjects() == Counter(_short(subject) for subject in self._subjects())

    def _subjects(self) -> list[str]:
        return [mail.summary.subject for mail in self.whole.mail.mails()]


def _entities(samples: Iterable[MetricSample]) -> set[str]:
    return {each.entity for each in samples}


def _short(subject: str) -> str:
    """Return what a mail is about, without its numbers."""
    return subject.partition(":")[0].replace("CRITICAL ", "").replace("MAJOR ", "").replace("WARNING ", "")


def _expected_subjects() -> Counter[str]:
    return Counter(f"[{what}] {edge} / {link}" for edge, link in TARGETS for what in ("OPENED", "RESOLVED"))


def start_services(whole: Estate) -> dict[str, SatarkProcess]:
    """Start one of each service, so that everything is told, however fast the hours of the story pass."""
    return {service: whole.start(service, **more) for service, more in SERVICES.items()}


async def all_ready(services: Mapping[str, SatarkProcess]) -> None:
    """Wait until each says that it is ready."""
    for process in services.values():
        await process.ready()


async def all_unready(services: Mapping[str, SatarkProcess]) -> dict[str, str]:
    """Wait until each says that it is not ready; return why, by service."""
    return {
        name: await service.until(partial(_why_unready, service), PATIENCE_S, what=f"an unready {name}")
        for name, service in services.items()
    }


async def _why_unready(service: SatarkProcess) -> str:
    answer = await http_get(f"{await service.ops_url()}/readyz")
    conditions = answer.json()["conditions"] if answer else []
    return "; ".join(f"{each['name']}: {each['reason']}" for each in conditions if not each["ready"])


@asynccontextmanager
async def traffic(
    whole: Estate, services: Mapping[str, SatarkProcess], *, pace_s: float = PACE_S
) -> AsyncIterator[Story]:
    """Show the story in the background, once what was before it has been seen."""
    await whole.samples_until(-1)
    story = Story(whole, services["poller"])
    going = asyncio.create_task(story.go_on(pace_s))
    try:
        yield story
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    finally:
        going.cancel()
