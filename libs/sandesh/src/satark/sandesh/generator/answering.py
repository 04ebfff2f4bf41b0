"""Requests that came over the connection: one after the other, answered with the context they came with (4.8)."""

import asyncio
import logging
from typing import Protocol

from satark.sandesh.generator.requests import Asked, Handlers
from satark.sandesh.types import Message
from satark.sandesh.wire.xml import Received

MAX_WAITING = 1_000
_log = logging.getLogger(__name__)


class Send(Protocol):
    """Where an answer goes."""

    def __call__(self, message: Message, *, context: str) -> None:
        """Send one message of an answer."""


class Answering:
    """Waiting requests, at most `MAX_WAITING`, and the task that has them answered."""

    def __init__(self, handlers: Handlers, send: Send) -> None:
        self._handlers = handlers
        self._send = send
        self._waiting: asyncio.Queue[Received] = asyncio.Queue(MAX_WAITING)

    def put(self, received: Received) -> None:
        """One more; where too many wait it is not answered."""
        try:
            self._waiting.put_nowait(received)
        except asyncio.QueueFull:
            _log.error("%d requests wait already; %s is not answered", MAX_WAITING, received.name)

    async def run(self) -> None:
        """Answer for ever."""
        while True:
            received = await self._waiting.get()
            try:
                await self._answer(received)
            except Exception:  # noqa: BLE001 - a handler's mistake must not end the session
                _log.exception("the handler of %s failed", received.name)

    async def _answer(self, received: Received) -> None:
        if not self._handlers.has(received.name) or not isinstance(received.body, Message):
            _log.warning("nobody answers %s", received.name)
            return
        context = received.header.context
        async for each in self._handlers.answers(received.body, Asked(context)):
            self._send(each, context=context)
