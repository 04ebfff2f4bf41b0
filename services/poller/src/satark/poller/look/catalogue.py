"""The inventory as last read: refreshed hourly, and an enterprise's at once when a link shows up that it lacks."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from satark.poller import metrics
from satark.poller.driver import Driver
from satark.poller.errors import OrchestratorError
from satark.poller.inventory import Edge, Enterprise, Place, chosen
from satark.poller.memory.progress import EdgeKey
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Reading, Skipped
from satark.poller.schedule import INVENTORY_S

log = structlog.get_logger(__name__)

NEVER_ACTIVATED = "NEVER_ACTIVATED"
RENEW_AFTER_S = 60.0
MAX_LOOKED_UP = 10_000
MAX_ASIDE = 20


class Catalogue:
    """Enterprises and their edges.

    `unread` are the enterprises, by key, whose edges could not be listed yet; `aside` holds answers that cannot be read.
    """

    def __init__(self, orchestrator: Orchestrator, driver: Driver) -> None:
        self._orchestrator = orchestrator
        self._driver = driver
        self._edges: dict[str, dict[str, Edge]] = {}
        self._places: dict[EdgeKey, Place] = {}
        self._read_at: datetime | None = None
        self._renewed_at: dict[str, datetime] = {}
        self._looked_up: set[tuple[str, str, str]] = set()
        self._lock = asyncio.Lock()
        self.enterprises: tuple[Enterprise, ...] = ()
        self.unread: dict[str, OrchestratorError] = {}
        self.aside: deque[OrchestratorError] = deque(maxlen=MAX_ASIDE)

    @property
    def places(self) -> Mapping[EdgeKey, Place]:
        """All edges that ever reported, with their enterprises."""
        return self._places

    def expire(self) -> None:
        """Read the inventory again at the next look: the orchestrator is not what it was."""
        self._read_at = None

    def taken_aside(self) -> list[OrchestratorError]:
        """Return the answers that could not be read since the last time."""
        taken = list(self.aside)
        self.aside.clear()
        return taken

    def place(self, row: Reading) -> Place | None:
        """Return where a reading belongs; None for an enterprise that is not wanted.

        An edge that the inventory lacks is taken as the answer itself describes it.
        """
        known = self._places.get((row.enterprise, row.edge.key))
        if known is not None:
            return known
        enterprise = next((e for e in self.enterprises if e.key == row.enterprise), None)
        return Place(self._orchestrator.name, enterprise, row.edge) if enterprise else None

    async def refresh(self, now: datetime) -> None:
        """Read the inventory when it is an hour old by the orchestrator's clock, and what failed the last time.

        One failing enterprise keeps its old edges and does not delay the others. Raises OrchestratorError when the
        enterprises cannot be listed and are not known, or when nothing can be read at all.
        """
        if self._read_at is None or not timedelta() <= now - self._read_at < timedelta(seconds=INVENTORY_S):
            self._read_at = None  # until every enterprise was tried: a look that ends here must not look complete
            await self._list_enterprises()
            self._looked_up.clear()
            due = self.enterprises
        else:
            due = tuple(e for e in self.enterprises if e.key in self.unread and self.unread[e.key].retryable)
        for enterprise in due:
            await self._list_edges(enterprise, now)
        self._read_at = self._read_at or now
        self._arrange()

    async def resolve(self, rows: Iterable[Reading], now: datetime) -> None:
        """List the edges again of enterprises with links that the inventory lacks; each is looked up once an hour."""
        wanted = {
            (row.enterprise, row.edge.key, row.link.internal_id) for row in rows if row.metrics and not self._knows(row)
        } - self._looked_up
        async with self._lock:
            wanted -= self._looked_up
            if wanted and len(self._looked_up) < MAX_LOOKED_UP:
                self._looked_up |= wanted
                keys = {enterprise for enterprise, _, _ in wanted}
                links = sorted(link for _, _, link in wanted)
                log.info("unknown_links", orchestrator=self._orchestrator.name, count=len(links), links=links[:5])
                for enterprise in self.enterprises:
                    if enterprise.key in keys:
                        await self._list_edges(enterprise, now)
                self._arrange()

    async def renew(self, keys: Iterable[str], now: datetime) -> None:
        """List the edges of some enterprises again, whose links fell silent; each once a minute at most."""
        old = now - timedelta(seconds=RENEW_AFTER_S)
        wanted = {key for key in keys if self._renewed_at.get(key, old) <= old}
        for enterprise in self.enterprises:
            if enterprise.key in wanted:
                await self._list_edges(enterprise, now)
        if wanted:
            self._arrange()

    def _knows(self, row: Reading) -> bool:
        place = self._places.get((row.enterprise, row.edge.key))
        return place is not None and row.link.internal_id in place.edge.links

    async def _list_enterprises(self) -> None:
        orchestrator = self._orchestrator
        try:
            found = await self._driver.enterprises()
        except OrchestratorError as error:
            self._keep(error)
            if not self.enterprises or self._driver.hopeless(error):
                raise
            log.warning("enterprises_unreadable", orchestrator=orchestrator.name, reason=error.reason, error=str(error))
            return
        self._left_out(found.skipped)
        self.enterprises = chosen(found.rows, orchestrator.enterprises, orchestrator.exclude_enterprises)
        if not self.enterprises:
            log.warning(
                "no_enterprises",
                orchestrator=orchestrator.name,
                found=len(found.rows),
                wanted=orchestrator.enterprises,
                unwanted=orchestrator.exclude_enterprises,
            )
        keys = {enterprise.key for enterprise in self.enterprises}
        self._edges = {key: edges for key, edges in self._edges.items() if key in keys}
        self.unread = {key: error for key, error in self.unread.items() if key in keys}

    async def _list_edges(self, enterprise: Enterprise, now: datetime) -> None:
        edges: dict[str, Edge] = {}
        self._renewed_at[enterprise.key] = now
        try:
            async for page in self._driver.edges(enterprise):
                edges |= {edge.key: edge for edge in page.edges}
                self._left_out(page.skipped)
        except OrchestratorError as error:
            if self._driver.hopeless(error):
                raise
            self._keep(error)
            log.warning(
                "edges_unreadable",
                orchestrator=self._orchestrator.name,
                enterprise=enterprise.name,
                reason=error.reason,
                error=str(error),
            )
            if enterprise.key not in self._edges:
                self.unread[enterprise.key] = error
        else:
            self._edges[enterprise.key] = edges
            self.unread.pop(enterprise.key, None)

    def _arrange(self) -> None:
        self._places = {
            (enterprise.key, edge.key): Place(self._orchestrator.name, enterprise, edge)
            for enterprise in self.enterprises
            for edge in self._edges.get(enterprise.key, {}).values()
            if edge.state != NEVER_ACTIVATED
        }
        name = self._orchestrator.name
        metrics.INVENTORY.labels(name, "enterprises").set(len(self.enterprises))
        metrics.INVENTORY.labels(name, "edges").set(len(self._places))
        metrics.INVENTORY.labels(name, "links").set(sum(len(place.edge.links) for place in self._places.values()))

    def _keep(self, error: OrchestratorError) -> None:
        if error.body:
            self.aside.append(error)

    def _left_out(self, skipped: tuple[Skipped, ...]) -> None:
        for one in skipped:
            metrics.SKIPPED.labels(self._orchestrator.name, one.reason).inc()
        if skipped:
            log.warning(
                "inventory_left_out", orchestrator=self._orchestrator.name, count=len(skipped), first=skipped[0].where
            )
