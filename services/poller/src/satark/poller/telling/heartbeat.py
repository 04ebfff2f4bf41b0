"""A dead man's switch: a URL that is asked after every round in which each orchestrator was read.

Somebody else's service alarms when the asking ends, so it tells of what the poller cannot tell itself: that it is dead.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import requests
import structlog

from satark.poller.http.client import in_thread
from satark.runtime.settings import Secret

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
GIVEN_UP_AFTER_S = 30.0
"""The timeouts of `requests` cover neither the name service nor an answer that drips."""


class Round:
    """Which orchestrators were read well since the last complete round. Pure."""

    def __init__(self) -> None:
        self._owned: frozenset[str] = frozenset()
        self._good: set[str] = set()

    def own(self, names: Iterable[str]) -> None:
        """Begin a round of these orchestrators."""
        self._owned = frozenset(names)
        self._good.clear()

    def look(self, name: str, good: bool) -> bool:
        """Count a look; return whether each orchestrator was read well since the last time this was true."""
        if good and name in self._owned:
            self._good.add(name)
        else:
            self._good.discard(name)
        complete = bool(self._owned) and self._good >= self._owned
        if complete:
            self._good.clear()
        return complete


class Heartbeat:
    """Asks the URL in the background; a failure is told and counted, and never in anybody's way."""

    def __init__(self, url: Secret | None, *, version: str, on_outcome: Callable[[str], None] = lambda _: None) -> None:
        self._url = url
        self._agent = f"satark-poller/{version}"
        self._on_outcome = on_outcome
        self._round = Round()
        self._asking: asyncio.Task[None] | None = None

    def own(self, names: Iterable[str]) -> None:
        """Expect these orchestrators, and no others, to be read from now on."""
        self._round.own(names)

    def look(self, name: str, good: bool) -> None:
        """Count a look at an orchestrator, and ask the URL when the round is complete."""
        complete = self._round.look(name, good)
        if complete and self._url is not None and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask(self._url))

    async def close(self) -> None:
        """Wait for nothing more."""
        if self._asking is not None:
            self._asking.cancel()
            with suppress(asyncio.CancelledError):
                await self._asking

    async def _ask(self, url: Secret) -> None:
        """Ask once. Neither the URL nor an error's text is told: who knows the URL can keep the switch quiet."""
        try:
            async with asyncio.timeout(GIVEN_UP_AFTER_S):
                status = await in_thread(lambda: self._status(url))
        except (OSError, ValueError) as error:
            self._failed("unreachable", type(error).__name__)
            return
        if status >= 400:  # noqa: PLR2004 - HTTP's refusals
            self._failed("refused", f"HTTP {status}")
        else:
            self._on_outcome("ok")

    def _status(self, url: Secret) -> int:
        headers = {"User-Agent": self._agent}
        with requests.get(url.reveal(), headers=headers, timeout=TIMEOUT_S, stream=True) as response:
            return response.status_code

    def _failed(self, outcome: str, why: str) -> None:
        self._on_outcome(outcome)
        log.warning("heartbeat_failed", outcome=outcome, why=why)
