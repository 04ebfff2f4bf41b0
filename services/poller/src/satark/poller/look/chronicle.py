"""The orchestrator's own events, read enterprise after enterprise and published as messages, each once."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from satark.poller import metrics
from satark.poller.driver import Driver
from satark.poller.errors import OrchestratorError
from satark.poller.inventory import Enterprise
from satark.poller.journal import Journal
from satark.poller.look.vendor_messages import message_of
from satark.poller.orchestrator import Orchestrator

log = structlog.get_logger(__name__)

OVERLAP = timedelta(minutes=10)
"""Events are recorded some time after they happened."""

ROUNDS = 3
"""Every enterprise's events are read once in so many looks."""

FORBIDDEN = timedelta(hours=1)
MAX_KNOWN = 50_000


class Chronicle:
    """Reads events of some enterprises a look."""

    def __init__(self, orchestrator: Orchestrator, driver: Driver, journal: Journal) -> None:
        self._orchestrator = orchestrator
        self._driver = driver
        self._journal = journal
        self._begin: datetime | None = None
        self._since: dict[str, datetime] = {}
        self._forbidden: dict[str, datetime] = {}
        self._known: OrderedDict[str, None] = OrderedDict()
        self._turn = 0
        self._rest: tuple[Enterprise, ...] = ()

    def begin(self, since: datetime) -> None:
        """Read events from this time on, of every enterprise: what happened while nobody polled is told too."""
        self._begin = since
        self._since.clear()

    async def read_next(self, enterprises: Sequence[Enterprise]) -> bool:
        """Read the events of the enterprise whose turn it is; return whether the orchestrator answered.

        Raises OrchestratorError only where the next request would meet the same.
        """
        now = self._driver.now(datetime.now(UTC))
        wanted = [e for e in enterprises if self._forbidden.get(e.key, now) <= now]
        if not self._orchestrator.events or not wanted:
            self._rest = ()
            return False
        count = -(-len(wanted) // ROUNDS)
        turns = [wanted[(self._turn + place) % len(wanted)] for place in range(count)]
        self._turn = (self._turn + count) % len(wanted)
        self._rest = tuple(turns[1:])
        return await self._read(turns[0])

    async def read_rest(self) -> None:
        """Read the events of the others whose turn it is, after all that matters more."""
        for enterprise in self._rest:
            await self._read(enterprise)

    async def _read(self, enterprise: Enterprise) -> bool:
        driver, name = self._driver, self._orchestrator.name
        now = driver.now(datetime.now(UTC))
        since = self._since.get(enterprise.key, self._begin or now - OVERLAP)
        try:
            found = await driver.events(enterprise, since)
        except OrchestratorError as error:
            if driver.hopeless(error):
                raise
            log.warning(
                "events_unreadable",
                orchestrator=name,
                enterprise=enterprise.name,
                reason=error.reason,
                error=str(error),
            )
            if not error.retryable:
                self._forbidden[enterprise.key] = now + FORBIDDEN
            return False
        messages = [message_of(name, enterprise, event) for event in found.rows]
        new = [message for message in messages if message.id not in self._known]
        await self._journal.tell(new)
        for message in new:
            self._known[message.id] = None
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        metrics.EVENTS.labels(name).inc(len(new))
        for one in found.skipped:
            metrics.SKIPPED.labels(name, one.reason).inc()
        self._since[enterprise.key] = max(since, driver.now(datetime.now(UTC)) - OVERLAP)
        return True
