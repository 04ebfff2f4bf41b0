"""The inventory as last read: refreshed hourly, and an enterprise's at once when a link shows up that it lacks."""

import asyncio
from collections import deque
from datetime import datetime, timedelta

import structlog

from satark.poller import metrics
from satark.poller.errors import OrchestratorError, WrongShapeError
from satark.poller.inventory import Edge, Enterprise, Place, chosen
from satark.poller.parse import Skipped
from satark.poller.portal import Portal
from satark.poller.schedule import INVENTORY_S

log = structlog.get_logger(__name__)

NEVER_ACTIVATED = "NEVER_ACTIVATED"
MAX_LOOKED_UP = 10_000
MAX_ASIDE = 20


class Catalogue:
    """Enterprises and their edges.

    `unread` are the enterprises, by id, whose edges could not be listed yet; `aside` holds answers of a wrong shape.
    """

    def __init__(self, portal: Portal, *, orchestrator: str, patterns: tuple[str, ...]) -> None:
        self._portal = portal
        self._orchestrator = orchestrator
        self._patterns = patterns
        self._edges: dict[str, dict[str, Edge]] = {}
        self._read_at: datetime | None = None
        self._looked_up: set[tuple[str, str]] = set()
        self._lock = asyncio.Lock()
        self.enterprises: tuple[Enterprise, ...] = ()
        self.unread: dict[str, OrchestratorError] = {}
        self.aside: deque[WrongShapeError] = deque(maxlen=MAX_ASIDE)

    @property
    def places(self) -> list[Place]:
        """All edges that ever reported, with their enterprises."""
        return [
            Place(self._orchestrator, enterprise, edge)
            for enterprise in self.enterprises
            for edge in self._edges.get(enterprise.key, {}).values()
            if edge.state != NEVER_ACTIVATED
        ]

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
            await self._list_edges(enterprise)
        self._read_at = self._read_at or now
        metrics.INVENTORY.labels("enterprises").set(len(self.enterprises))
        metrics.INVENTORY.labels("edges").set(len(self.places))
        metrics.INVENTORY.labels("links").set(sum(len(place.edge.links) for place in self.places))

    async def resolve(self, place: Place, links: frozenset[str]) -> Place:
        """Return the place after looking unknown links up; each is looked up once an hour at most."""
        async with self._lock:
            current = self._current(place)
            wanted = {(place.key[0], link) for link in links - current.edge.links.keys()} - self._looked_up
            if wanted and len(self._looked_up) < MAX_LOOKED_UP:
                self._looked_up |= wanted
                log.info(
                    "unknown_links", orchestrator=self._orchestrator, edge=place.edge.name, links=sorted(links)[:5]
                )
                await self._list_edges(place.enterprise)
            return self._current(place)

    def _current(self, place: Place) -> Place:
        edge = self._edges.get(place.key[0], {}).get(place.key[1], place.edge)
        return Place(self._orchestrator, place.enterprise, edge)

    async def _list_enterprises(self) -> None:
        try:
            found, skipped = await self._portal.enterprises()
        except OrchestratorError as error:
            self._keep(error)
            if not self.enterprises or self._portal.hopeless(error):
                raise
            log.warning(
                "enterprises_unreadable", orchestrator=self._orchestrator, reason=error.reason, error=str(error)
            )
            return
        self._left_out(skipped)
        self.enterprises = chosen(found, self._patterns)
        if not self.enterprises:
            log.warning("no_enterprises", orchestrator=self._orchestrator, found=len(found), wanted=self._patterns)
        keys = {enterprise.key for enterprise in self.enterprises}
        self._edges = {key: edges for key, edges in self._edges.items() if key in keys}
        self.unread = {key: error for key, error in self.unread.items() if key in keys}

    async def _list_edges(self, enterprise: Enterprise) -> None:
        edges: dict[str, Edge] = {}
        try:
            async for page in self._portal.edges(enterprise):
                edges |= {str(edge.id): edge for edge in page.edges}
                self._left_out(page.skipped)
        except OrchestratorError as error:
            if self._portal.hopeless(error):
                raise
            self._keep(error)
            log.warning(
                "edges_unreadable",
                orchestrator=self._orchestrator,
                enterprise=enterprise.name,
                reason=error.reason,
                error=str(error),
            )
            if enterprise.key not in self._edges:
                self.unread[enterprise.key] = error
        else:
            self._edges[enterprise.key] = edges
            self.unread.pop(enterprise.key, None)

    def _keep(self, error: OrchestratorError) -> None:
        if isinstance(error, WrongShapeError):
            self.aside.append(error)

    def _left_out(self, skipped: tuple[Skipped, ...]) -> None:
        for one in skipped:
            metrics.SKIPPED.labels(one.reason).inc()
        if skipped:
            log.warning(
                "inventory_left_out", orchestrator=self._orchestrator, count=len(skipped), first=skipped[0].where
            )
