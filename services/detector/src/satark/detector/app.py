"""The detector's shell: one Faust app, and the agents that read and write through it.

Each part says which topics must exist (`needed`) and puts its agents and tables into the app (`attach`).
"""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import faust
import structlog

from satark.detector.codec import faust_app
from satark.detector.delivery import Delivery
from satark.detector.groups.app import IncidentGroups
from satark.detector.judging.agent import Judging
from satark.detector.partitions import Partitions, partitions_of
from satark.detector.settings import DetectorSettings
from satark.detector.uves.agent import UveAgent
from satark.runtime.service import ServiceContext
from satark.runtime.topics import wait_for

log = structlog.get_logger(__name__)


class Part(Protocol):
    """What a detector does: agents and their tables."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The topics that must exist."""
        ...

    def attach(self, app: faust.App) -> None:
        """Put agents and tables into the app, before it starts."""
        ...


class DetectorApp:
    """One detector process. Any number of them share the partitions of the topics."""

    def __init__(self, settings: DetectorSettings, context: ServiceContext) -> None:
        self._settings = settings
        self._context = context
        self._delivery = Delivery(context.health)
        self._judging = Judging(settings, context.kafka, self._delivery)
        groups = IncidentGroups(context.kafka, self._delivery)
        self._uves = UveAgent(settings, context)
        self._parts: tuple[Part, ...] = (self._judging, groups, self._uves)
        context.health.set("kafka", ready=False, reason="starting")
        context.health.set("state", ready=False, reason="not recovered yet")

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop. Raises what crashed Faust, if anything did."""
        needed = tuple(dict.fromkeys(topic for part in self._parts for topic in part.needed))
        waiting = asyncio.create_task(self._partitions(needed))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            waiting.cancel()
            return
        partitions = await waiting
        with _folder(self._settings.store_dir) as folder:
            app = self._assemble(folder, partitions)
            await self._run_faust(app, stopping)

    async def _partitions(self, needed: Sequence[str]) -> Partitions:
        await wait_for(self._context.kafka, needed, progress=self._on_missing)
        return await partitions_of(self._context.kafka, on_moving=self._on_moving)

    async def _run_faust(self, app: faust.App, stopping: asyncio.Task[bool]) -> None:
        await app.start()
        ending = asyncio.create_task(app.wait_until_stopped())
        await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        crash = app.crash_reason
        await app.stop()
        if crash is not None:
            raise crash

    def _assemble(self, datadir: Path, partitions: Partitions) -> faust.App:
        app = faust_app(self._settings, self._context.kafka, datadir=datadir, partitions=partitions)
        self._delivery.attach(app)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        app.on_rebalance_complete.connect(self._on_ready, weak=False)
        for part in self._parts:
            part.attach(app)
        self._uves.states_on(partitions.of_states)
        return app

    def _on_missing(self, missing: list[str]) -> None:
        self._context.health.set("kafka", ready=False, reason=f"topics are missing: {', '.join(missing)}")

    def _on_moving(self) -> None:
        self._context.health.set(
            "state", ready=False, reason="it is being moved to more partitions: satark topics grow"
        )

    async def _on_revoked(self, *_args: Any, **_kwargs: Any) -> None:
        self._context.health.set("state", ready=False, reason="partitions are being shared out")

    async def _on_ready(self, *_args: Any, **_kwargs: Any) -> None:
        self._context.health.set("kafka", ready=True)
        self._context.health.set("state", ready=True)
        log.info("partitions_ready", entities=len(self._judging))


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """Give the folder of tables on disk: the one that is kept between starts, or a temporary one."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="satark-detector-") as folder:
        yield Path(folder)
