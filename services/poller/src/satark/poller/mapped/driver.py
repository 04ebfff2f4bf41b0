"""The driver of a mapping file: asks what the file says, and gives what its expressions find."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from satark.poller.errors import TooLargeError
from satark.poller.http.caller import Caller
from satark.poller.http.client import HttpClient
from satark.poller.http.exchange import Answer, Asked
from satark.poller.inventory import Edge, Enterprise, Link
from satark.poller.mapped import rows
from satark.poller.mapped.answers import document_of
from satark.poller.mapped.document import MAX_BYTES
from satark.poller.mapped.login import identity_of, values_of
from satark.poller.mapped.model import Mapping as Mapped
from satark.poller.mapped.model import Query, Rows
from satark.poller.mapped.requests import Page, first_page, next_page, request, window_values
from satark.poller.mapped.sections import mapping
from satark.poller.mapped.templates import Values
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Coverage, EdgePage, Enterprises, Readings, Scope, VendorEvents
from satark.poller.schedule import Window
from satark.poller.velocloud.decoding import shaped
from satark.runtime.settings import SettingsError

RECENT = timedelta(hours=24)
MAX_KNOWN_LINKS = 100_000
MAX_ROWS = 1_000_000
"""Of all pages together."""


class MappedDriver:
    """Speaks what a mapping says. Links that only statistics name are remembered for a day."""

    name = "mapped"

    def __init__(self, orchestrator: Orchestrator, mapped: Mapped, caller: Caller) -> None:
        self._orchestrator = orchestrator
        self._mapped = mapped
        self._caller = caller
        self._only = mapped.enterprise or Enterprise(orchestrator.name, orchestrator.name)
        self._links: dict[tuple[str, str, str], tuple[Link, datetime]] = {}
        self.detail_buckets = mapped.detail_samples
        self.begin_cycle = caller.begin_cycle
        self.hopeless = caller.hopeless
        self.now = caller.clock.now
        self.close = caller.close

    async def probe(self) -> str:
        """Ask what the mapping names for it, else for a page of the inventory; return vendor and release."""
        version = ""
        if self._mapped.probe is not None:
            document = await self._ask(self._mapped.probe, {}, lambda document: document)
            version = self._mapped.version.text_in(document) if self._mapped.version is not None else ""
        else:
            listing = self._mapped.enterprises or self._mapped.edges
            parse = partial(rows.rows_in, rows=listing.rows)
            await self._ask(listing.query, {"enterprise": self._only.key}, parse, first_page(listing.query.paging))
        return f"{self._mapped.vendor} {version}".strip()

    async def enterprises(self) -> Enterprises:
        """Return the enterprises: a list of the orchestrator's, the one that the mapping names, or one for all."""
        listing = self._mapped.enterprises
        if listing is None:
            return Enterprises((self._only,))
        pages = [page async for page in self._pages(listing.query, listing.rows, {})]
        return rows.enterprises([row for page in pages for row in page], listing)

    async def edges(self, enterprise: Enterprise) -> AsyncIterator[EdgePage]:
        """Yield an enterprise's edges."""
        listing = self._mapped.edges
        known = self._known(enterprise)
        async for page in self._pages(listing.query, listing.rows, {"enterprise": enterprise.key}):
            yield rows.edges(page, listing, self._mapped.links, known)

    def scopes(self, enterprises: Sequence[Enterprise]) -> tuple[Scope, ...]:
        """Return a scope for each enterprise, none without a request for the samples of all edges."""
        if self._mapped.samples is None:
            return ()
        return tuple(Scope((enterprise,), Coverage.ENTERPRISE) for enterprise in enterprises)

    async def bulk(self, scope: Scope, window: Window) -> Readings:
        """Return the samples of all edges of the scope over a window."""
        parts = [await self._samples(enterprise, window) for enterprise in scope.enterprises]
        return Readings(
            tuple(row for part in parts for row in part.rows), tuple(one for part in parts for one in part.skipped)
        )

    async def detail(self, enterprise: Enterprise, edge: Edge, window: Window) -> Readings:
        """Return an edge's samples; without a request for one edge, those of all edges are asked for."""
        return await self._samples(enterprise, window, edge)

    async def events(self, enterprise: Enterprise, since: datetime) -> VendorEvents:
        """Return events since a time, where the mapping has them."""
        listing = self._mapped.events
        if listing is None:
            return VendorEvents()
        window = Window(since, self.now(datetime.now(UTC)))
        values = window_values(listing.query, window, enterprise=enterprise.key)
        found = [row async for page in self._pages(listing.query, listing.rows, values) for row in page]
        return rows.events(found, listing, self._mapped.event_time)

    async def _samples(self, enterprise: Enterprise, window: Window, edge: Edge | None = None) -> Readings:
        detail = self._mapped.detail if edge is not None else None
        samples = detail or self._mapped.samples or self._mapped.detail
        if samples is None or (edge is None and self._mapped.samples is None):
            return Readings()
        more = {"enterprise": enterprise.key} | ({"edge": edge.key} if edge is not None else {})
        values = window_values(samples.query, window, **more)
        found = [row async for page in self._pages(samples.query, samples.rows, values) for row in page]
        sample_s = self._orchestrator.sample_s
        readings = rows.readings(found, samples, enterprise.key, window, sample_s=sample_s, edge=edge)
        self._remember(enterprise, readings, window.end)
        return readings

    def _remember(self, enterprise: Enterprise, readings: Readings, until: datetime) -> None:
        for row in readings.rows:
            key = (enterprise.key, row.edge.key, row.link.internal_id)
            if key in self._links or len(self._links) < MAX_KNOWN_LINKS:
                last = self._links[key][1] if key in self._links else until
                self._links[key] = (row.link, max(last, until))

    def _known(self, enterprise: Enterprise) -> Mapping[str, Mapping[str, Link]]:
        """Return an enterprise's links of the last 24 hours, as statistics named them; forget older ones."""
        old = self.now(datetime.now(UTC)) - RECENT
        self._links = {key: known for key, known in self._links.items() if known[1] > old}
        found: dict[str, dict[str, Link]] = {}
        for (owner, edge, link_id), (link, _) in self._links.items():
            if owner == enterprise.key:
                found.setdefault(edge, {})[link_id] = link
        return found

    async def _pages(self, query: Query, where: Rows, values: Values) -> AsyncIterator[list[Any]]:
        """Yield the rows of each page, as long as each names one that was not asked for yet."""
        page: Page = first_page(query.paging)
        asked: set[Page] = set()
        count = 0
        most = query.paging.most if query.paging is not None else 1
        while len(asked) < most and page not in asked:
            asked.add(page)
            document = await self._ask(query, values, lambda document: (document, rows.rows_in(document, where)), page)
            count += len(document[1])
            if count > MAX_ROWS:
                raise self._caller.asked(query.name).fail(
                    TooLargeError, f"more than {MAX_ROWS} rows on {len(asked)} pages"
                )
            yield document[1]
            page = next_page(query.paging, document[0], page, len(document[1]))
            if page is None:
                return

    async def _ask(self, query: Query, values: Values, parse: Callable[[Any], Any], page: Page = None) -> Any:
        error, expired = self._mapped.error, self._mapped.auth.expired

        def read(answer: Answer, asked: Asked) -> Any:
            document = document_of(answer, asked, error=error, expired=expired)
            return shaped(parse, document, asked, body=answer.body)

        return await self._caller.ask(request(query, values, page), read)


def mistakes(orchestrator: Orchestrator) -> Iterable[str]:
    """Yield what is wrong with the mapping file, and what the credential lacks for it."""
    path = orchestrator.mapping_file
    if path is None:
        return
    try:
        mapped = read(path)
    except SettingsError as error:
        yield from error.mistakes
        return
    given = {name for name, value in values_of(orchestrator).items() if value}
    settings = {"username": "VCO_USERNAME", "password": "VCO_PASSWORD", "token": "VCO_TOKEN"}
    for name in sorted(mapped.auth.needs - given):
        yield f"{settings[name]} is needed by the login of MAPPING_FILE {path}"


def read(path: Path) -> Mapped:
    """Return a mapping file's content. Raises SettingsError with every mistake, each with file and line."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError([f"MAPPING_FILE: {path}: {error.strerror or error}"]) from error
    try:
        return mapping(content)
    except SettingsError as error:
        raise SettingsError(f"MAPPING_FILE: {path}: {mistake}" for mistake in error.mistakes) from error


def build(orchestrator: Orchestrator, *, version: str) -> MappedDriver:
    """Return the driver, not connected. `version` is ours, for the User-Agent. Raises SettingsError."""
    if orchestrator.mapping_file is None:
        raise SettingsError(["MAPPING_FILE is needed by the driver mapped"])
    mapped = read(orchestrator.mapping_file)
    identity = identity_of(orchestrator, mapped.auth, dict(mapped.headers))
    return MappedDriver(orchestrator, mapped, Caller(orchestrator, HttpClient(orchestrator, version=version), identity))
