import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from satark.sandesh.generator import answering
from satark.sandesh.generator.answering import Answering
from satark.sandesh.generator.requests import Asked, Handlers
from satark.sandesh.types import Header, Message
from satark.sandesh.wire.xml import Received
from tests.support.waiting import eventually
from tests.unit.sandesh.probe import ProbeRequest, ProbeSystemLog


class Answers:
    """What was sent, with the context that it carried."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, str]] = []

    def __call__(self, message: Message, *, context: str) -> None:
        """Note one."""
        self.sent.append((message, context))


def received(number: int, body: Message | None = None) -> Received:
    """A request with a number, in a context of its own."""
    request = ProbeRequest(count=number) if body is None else body
    return Received(Header(context=f"c{number}"), request.__sandesh__.name, request, 10)


@asynccontextmanager
async def running(handlers: Handlers) -> AsyncIterator[tuple[Answering, Answers]]:
    """Answering, until the test is over."""
    answers = Answers()
    one = Answering(handlers, answers)
    task = asyncio.create_task(one.run())
    try:
        yield one, answers
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def numbered(request: ProbeRequest, _asked: Asked) -> ProbeSystemLog:
    """An answer with the request's number; 3 is one that nobody has thought of."""
    return ProbeSystemLog(number=12 // (3 - (request.count or 0)))


async def test_in_order() -> None:
    """Answers carry the context of their request; a handler that fails costs only its own answer."""
    handlers = Handlers()
    handlers.add(ProbeRequest, numbered)

    async with running(handlers) as (one, answers):
        for number in (1, 2, 3, 4):
            one.put(received(number))
        await eventually(lambda: len(answers.sent) == 3)

    assert [(6, "c1"), (12, "c2"), (-12, "c4")] == [(each.number, context) for each, context in answers.sent]


async def test_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody answers is told, and the next one is answered."""
    handlers = Handlers()
    handlers.add(ProbeRequest, numbered)

    async with running(handlers) as (one, answers):
        one.put(received(1, ProbeSystemLog(number=1)))
        one.put(received(2))
        await eventually(lambda: answers.sent)

    assert ["c2"] == [context for _, context in answers.sent]
    assert "nobody answers ProbeSystemLog" in caplog.text


async def test_too_many(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is an end to what waits; what comes then is not answered."""
    monkeypatch.setattr(answering, "MAX_WAITING", 2)
    handlers = Handlers()
    handlers.add(ProbeRequest, numbered)

    async with running(handlers) as (one, answers):
        for number in (0, 1, 2):
            one.put(received(number))
        await eventually(lambda: len(answers.sent) == 2)

    assert "2 requests wait already; ProbeRequest is not answered" in caplog.text
