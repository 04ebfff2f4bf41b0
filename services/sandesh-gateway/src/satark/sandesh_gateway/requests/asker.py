"""Asking daemons on behalf of whoever writes requests to Kafka."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import NoReturn, Self

import structlog

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Follower, KafkaError
from satark.runtime.metrics import EVENTS_UNREADABLE
from satark.runtime.records import Record
from satark.sandesh.wire.tree import Tree
from satark.sandesh_gateway.cluster import Publish, Roster
from satark.sandesh_gateway.requests.desk import Desk
from satark.sandesh_gateway.requests.destinations import is_pattern, matches
from satark.sandesh_gateway.requests.outcomes import outcome_of
from satark.sandesh_gateway.requests.slot import Ended
from satark.schemas.codec import UndecodableEventError, decode
from satark.schemas.generators import GeneratorSession
from satark.schemas.requests import Request
from satark.schemas.topics import REQUESTS

log = structlog.get_logger(__name__)

POLL_S = 1.0
RETRY_S = 1.0
BATCH = 500

Ask = Callable[[str, Tree, str], bool]
"""Sends a request, with a context, to a generator of this gateway; False when its connection does not take it."""


class Asker:
    """Takes requests from Kafka, has them asked by `ask`, and publishes how each ended.

    `held` names the generators that this gateway holds. The answers go their own way; but each has to be shown to
    `answered`, which tells whose it is, and each session's end to `lost`.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        roster: Roster,
        *,
        held: Callable[[], Collection[str]],
        ask: Ask,
        publish: Publish,
    ) -> None:
        self._roster = roster
        self._held = held
        self._ask = ask
        self._publish = publish
        self._follower = Follower(settings, (REQUESTS,), from_end=True)
        self._desk = Desk()
        self._ended: list[Ended] = []
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._follower.__aexit__(kind, error, trace)

    def answered(self, generator: str, *, more: bool, context: str = "", trace: bool = False) -> str | None:
        """Return the id of the request that a message of the generator answers; None for one that nobody asked for.

        To be called for each RESPONSE, with what its own context and its field `more` say, and for each trace.
        """
        ident, ended = self._desk.answered(generator, more=more, trace=trace, context=context, now_s=monotonic())
        self._tell(ended)
        return ident

    def lost(self, generator: str) -> None:
        """End what was asked of a generator whose session is over."""
        self._tell(self._desk.lost(generator))

    async def keep(self) -> NoReturn:
        """Serve until cancelled. Raises KafkaError when requests cannot be read, for other causes than absence."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._serve())
        raise AssertionError("both serve for ever")

    async def _hear(self) -> NoReturn:
        while True:
            for record in await self._follower.poll(timeout_s=POLL_S):
                if (request := _request_of(record)) is not None:
                    self._receive(request)

    async def _serve(self) -> NoReturn:
        while True:
            self._wake.clear()
            self._turn()
            if self._ended:
                await self._publish_ended()
                continue
            delay_s = max(0.0, self._desk.next_s() - monotonic())
            try:
                await asyncio.wait_for(self._wake.wait(), None if delay_s == float("inf") else delay_s)
            except TimeoutError:
                continue

    def _turn(self) -> None:
        now, now_s = datetime.now(UTC), monotonic()
        self._ended += self._desk.due(now_s)
        self._ended += self._desk.claim(self._here, self._speaks, now=now, now_s=now_s)
        for question in self._desk.asks():
            if not self._ask(question.generator, question.tree, question.request.id):
                self._ended += self._desk.refused(question.generator, "the connection does not take it")

    def _receive(self, request: Request) -> None:
        here = self._here(request)
        everywhere = {each.generator for each in self._sessions(request)}.union(here)
        now, now_s = datetime.now(UTC), monotonic()
        self._tell(self._desk.receive(request, here=here, matched=len(everywhere), now=now, now_s=now_s))

    def _here(self, request: Request) -> list[str]:
        held = self._held()
        if not is_pattern(request.generator):
            return [request.generator] if request.generator in held else []
        return [each for each in held if matches(request.generator, each)]

    def _speaks(self, request: Request) -> bool:
        roster = self._roster
        return roster.listens and roster.speaker(self._sessions(request), now_s=monotonic()) == roster.gateway

    def _sessions(self, request: Request) -> list[GeneratorSession]:
        sessions = self._roster.sessions
        if is_pattern(request.generator):
            return [each for each in sessions.open_sessions() if matches(request.generator, each.generator)]
        session = sessions.open_session(request.generator)
        return [session] if session else []

    def _tell(self, ended: list[Ended]) -> None:
        self._ended += ended
        self._wake.set()

    async def _publish_ended(self) -> None:
        some = self._ended[:BATCH]
        now, now_s = datetime.now(UTC), monotonic()
        try:
            await self._publish([outcome_of(each, gateway=self._roster.gateway, now=now, now_s=now_s) for each in some])
        except KafkaError as error:
            log.warning("request_outcomes_not_published", count=len(some), error=repr(error))
            await asyncio.sleep(RETRY_S)
            return
        del self._ended[: len(some)]
        for each in some:
            log.info("request_ended", request=each.request.name, generator=each.generator, outcome=each.outcome.value)


def _request_of(record: Record) -> Request | None:
    try:
        event = decode(record.topic, record.value, record.headers)
    except UndecodableEventError as error:
        EVENTS_UNREADABLE.labels(record.topic).inc()
        log.warning("request_ignored", offset=record.offset, error=str(error))
        return None
    return event if isinstance(event, Request) else None
