"""One talk with an orchestrator, to find out what the poller can see there and what it cannot.

Each method of the driver is asked once, for little. What fails is part of the answer, not an error of the checkup.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from satark.poller import inventory
from satark.poller.check import findings
from satark.poller.check.findings import Examination, Finding, Verdict
from satark.poller.driver import Driver
from satark.poller.errors import (
    AuthError,
    InsecureError,
    MethodError,
    OrchestratorError,
    PrivilegeError,
    UnreachableError,
)
from satark.poller.inventory import Edge, Enterprise
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Readings
from satark.poller.schedule import Window, floored

MAX_ENTERPRISES = 25
"""So many enterprises are looked at: an operator may have thousands."""

SAMPLES_BACK = 12
"""So many samples back values are looked for."""

EVENTS_BACK = timedelta(hours=1)

T = TypeVar("T")
Progress = Callable[[str], None]


class Checkup:
    """Examines one orchestrator, once."""

    def __init__(self, orchestrator: Orchestrator, driver: Driver, *, progress: Progress = lambda _: None) -> None:
        self._orchestrator = orchestrator
        self._driver = driver
        self._progress = progress
        self._errors: list[OrchestratorError] = []
        self._answered = False
        self._inside = False
        self.found = Examination(orchestrator=orchestrator.name, url=orchestrator.base_url, driver=orchestrator.driver)

    async def run(self) -> Examination:
        """Return what was found, and close the driver. What the orchestrator does is found, not raised."""
        try:
            self._driver.begin_cycle()
            await self._examine()
        finally:
            await self._driver.close()
        return self.found

    async def _examine(self) -> None:
        release = await self._ask("release", self._driver.probe)
        listed = await self._ask("enterprises", self._driver.enterprises)
        local = datetime.now(UTC)
        now = self._driver.now(local)
        known = listed is not None or isinstance(self._errors[-1], PrivilegeError | MethodError)
        self._inside = True
        barriers = [error for error in self._errors if isinstance(error, self._barriers())]
        access = findings.access(self._orchestrator, barriers, known=known)
        if release is not None:
            access.append(Finding("release", Verdict.OK, release or "not told"))
        if self._answered:
            access.append(findings.clock((now - local).total_seconds()))
        self.found.findings[:0] = [*access, findings.token(self._orchestrator, now)]
        if listed is not None:
            await self._read(self._chosen(listed.rows), now)

    def _chosen(self, seen: Sequence[Enterprise]) -> Sequence[Enterprise]:
        one = self._orchestrator
        chosen = inventory.chosen(seen, one.enterprises, one.exclude_enterprises)
        self.found.enterprises = len(chosen)
        looked_at = f", the first {MAX_ENTERPRISES} looked at" if len(chosen) > MAX_ENTERPRISES else ""
        verdict = Verdict.OK if chosen else Verdict.FAILED
        self._add("enterprises", verdict, f"{len(seen)} seen, {len(chosen)} to be polled{looked_at}")
        return chosen[:MAX_ENTERPRISES]

    async def _read(self, enterprises: Sequence[Enterprise], now: datetime) -> None:
        edges = await self._edges(enterprises)
        readable = [enterprise for enterprise in enterprises if enterprise.key in edges]
        await self._bulk(readable, now)
        await self._detail(readable, edges, now)
        if readable and self._orchestrator.events:
            since = now - EVENTS_BACK
            heard = await self._ask("events", partial(self._driver.events, readable[0], since), readable[0].name)
            if heard is not None:
                self._add("events", Verdict.OK, f"{len(heard.rows)} of {readable[0].name} in the last hour")
        else:
            self._add("events", Verdict.SKIPPED, "" if readable else "no enterprise to ask about")
        self._newest()

    async def _edges(self, enterprises: Sequence[Enterprise]) -> Mapping[str, Sequence[Edge]]:
        """Return the edges of each enterprise whose edges can be read."""
        found: dict[str, Sequence[Edge]] = {}
        for enterprise in enterprises:
            rows = await self._ask("edges", partial(self._edges_of, enterprise), enterprise.name)
            if rows is not None:
                found[enterprise.key] = rows
        if found:
            self.found.edges = sum(len(rows) for rows in found.values())
            self.found.links = sum(len(edge.links) for rows in found.values() for edge in rows)
            where = f"in {len(found)} of {len(enterprises)} enterprises"
            self._add("edges", Verdict.OK, f"{self.found.edges} with {self.found.links} links, {where}")
        return found

    async def _edges_of(self, enterprise: Enterprise) -> list[Edge]:
        return [edge async for page in self._driver.edges(enterprise) for edge in page.edges]

    async def _bulk(self, enterprises: Sequence[Enterprise], now: datetime) -> None:
        """Ask the first scope for ever older samples until there are values, and the others for the same sample."""
        scopes = self._driver.scopes(enterprises) if enterprises else ()
        if not scopes:
            self._add("bulk", Verdict.SKIPPED, "not used by this driver and source")
            return
        heard = 0
        window = self._window(now, 0)
        for back in range(SAMPLES_BACK):
            window = self._window(now, back)
            rows = await self._ask("bulk", partial(self._driver.bulk, scopes[0], window))
            if rows is None:
                return
            if heard := self._heard(rows, now):
                break
        for scope in scopes[1:]:
            rows = await self._ask("bulk", partial(self._driver.bulk, scope, window), scope.enterprises[0].name)
            heard += self._heard(rows, now) if rows is not None else 0
        self._add("bulk", Verdict.OK, f"{heard} links with values, in {_counted(len(scopes), 'call')}")

    async def _detail(
        self, enterprises: Sequence[Enterprise], edges: Mapping[str, Sequence[Edge]], now: datetime
    ) -> None:
        """Ask for the last hour of one edge, rather of one that is connected."""
        candidates = [(one, edge) for one in enterprises for edge in edges[one.key] if edge.links]
        if not candidates:
            self._add("detail", Verdict.SKIPPED, "no edge with links to ask about")
            return
        enterprise, edge = next((c for c in candidates if c[1].state == "CONNECTED"), candidates[0])
        samples = min(SAMPLES_BACK, self._driver.detail_buckets)
        window = Window(self._window(now, samples - 1).start, self._window(now, 0).end)
        rows = await self._ask("detail", partial(self._driver.detail, enterprise, edge, window), edge.name)
        if rows is not None:
            self._add("detail", Verdict.OK, f"{self._heard(rows, now)} samples with values of {edge.name}")

    def _heard(self, readings: Readings, now: datetime) -> int:
        """Return how many rows have values; note the newest."""
        rows = [row for row in readings.rows if row.metrics]
        newest = max((row.start for row in rows), default=None)
        if newest is not None and (self.found.newest is None or newest > self.found.newest):
            self.found.newest = newest
            self.found.data_delay_s = (now - newest).total_seconds() - self._orchestrator.sample_s
        return len(rows)

    def _newest(self) -> None:
        start, delay_s = self.found.newest, self.found.data_delay_s
        if start is None or delay_s is None:
            asked = any(f.what in {"bulk", "detail"} and f.verdict is Verdict.OK for f in self.found.findings)
            if asked:
                self._add("newest sample", Verdict.WARNING, f"no values in the last {SAMPLES_BACK} samples")
            return
        late = delay_s > self._orchestrator.max_data_delay_s
        verdict = Verdict.WARNING if late else Verdict.OK
        self._add("newest sample", verdict, _delay(start, delay_s, self._orchestrator.data_delay_s))

    def _window(self, now: datetime, back: int) -> Window:
        step = timedelta(seconds=self._orchestrator.sample_s)
        end = floored(now, self._orchestrator.sample_s) - back * step
        return Window(end - step, end)

    async def _ask(self, what: str, call: Callable[[], Awaitable[T]], where: str = "") -> T | None:
        """Return an answer; None, and a finding, where there is none, or no use in asking."""
        label = f"{what} ({where})" if where else what
        if self._errors and (self._driver.hopeless(self._errors[-1]) or not self._answered):
            self._add(label, Verdict.SKIPPED)
            return None
        self._progress(f"{self._orchestrator.name}: {label} …")
        try:
            answer = await call()
        except OrchestratorError as error:
            self._answered = self._answered or not isinstance(error, UnreachableError | InsecureError)
            self._errors.append(error)
            # What keeps one out has a row of its own.
            outside = not self._inside and isinstance(error, self._barriers())
            self.found.findings.append(Finding(label, Verdict.SKIPPED) if outside else findings.refused(label, error))
            return None
        self._answered = True
        return answer

    def _barriers(self) -> tuple[type[OrchestratorError], ...]:
        """Return the kinds of errors that keep one out. Whoever answered once is there, however slow it is now."""
        return (AuthError, InsecureError) if self._answered else (AuthError, InsecureError, UnreachableError)

    def _add(self, what: str, verdict: Verdict, detail: str = "") -> None:
        self.found.findings.append(Finding(what, verdict, detail))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _delay(start: datetime, delay_s: float, waited_s: float) -> str:
    return f"of {start:%Y-%m-%d %H:%M} UTC, there {delay_s:.0f} s after its end (the poller waits {waited_s:.0f} s)"


async def examined(checkups: Iterable[Checkup]) -> list[Examination]:
    """Return what all checkups find, in their order: a dead orchestrator delays no other."""
    return await asyncio.gather(*(checkup.run() for checkup in checkups))
