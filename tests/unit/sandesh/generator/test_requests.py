from collections.abc import AsyncIterator
from typing import Any

import pytest

from satark.sandesh.generator.messages.requests import SandeshUVECacheResp
from satark.sandesh.generator.requests import Asked, Handlers
from satark.sandesh.types import Message
from tests.unit.sandesh.probe import ProbeRequest, ProbeSystemLog, ProbeUve, ProbeUveTrace

ASKED = Asked("context")


def page(number: int) -> SandeshUVECacheResp:
    """One response."""
    return SandeshUVECacheResp(returned=number)


async def _later(*pages: Message) -> list[Message]:
    return list(pages)


async def _one_by_one(*pages: Message) -> AsyncIterator[Message]:
    for each in pages:
        yield each


async def answers(given: Any) -> list[Any]:
    """The answer of a handler that gives this."""
    handlers = Handlers()
    handlers.add(ProbeRequest, lambda _request, _asked: given)
    return [each async for each in handlers.answers(ProbeRequest(), ASKED)]


class TestAnswers:
    @pytest.mark.parametrize("shape", [list, iter, _later, _one_by_one])
    async def test_pages(self, shape: Any) -> None:
        """A handler may be plain or not, and give one answer or many; all but the last say that more follow."""
        pages = [page(number) for number in range(3)]
        given = shape(*pages) if shape in {_later, _one_by_one} else shape(pages)

        assert [(0, True), (1, True), (2, False)] == [(each.returned, each.more) for each in await answers(given)]

    async def test_one(self) -> None:
        """An answer of one message is the last one."""
        (only,) = await answers(page(7))

        assert (7, False) == (only.returned, only.more)

    @pytest.mark.parametrize("given", [None, [], ()])
    async def test_none(self, given: object) -> None:
        """A handler may have nothing to say."""
        assert [] == await answers(given)

    async def test_other_messages(self) -> None:
        """State among the answers goes as it is: it has no such field."""
        state = ProbeUveTrace(data=ProbeUve(name="a"))

        assert [state] == (await answers([state, page(1)]))[:1]

    async def test_context(self) -> None:
        """The handler is told where the request came from."""
        seen: list[Asked] = []
        handlers = Handlers()
        handlers.add(ProbeRequest, lambda _request, asked: seen.append(asked))

        assert [] == [each async for each in handlers.answers(ProbeRequest(), ASKED)]
        assert [ASKED] == seen


class TestHandlers:
    def test_only_requests(self) -> None:
        """What is no request cannot be asked."""
        with pytest.raises(ValueError, match="ProbeSystemLog is a systemlog, no request"):
            Handlers().declare(ProbeSystemLog)

    async def test_declared(self) -> None:
        """A request may be known without somebody who answers it."""
        handlers = Handlers()
        handlers.declare(ProbeRequest)

        assert ({"ProbeRequest": ProbeRequest}, False) == (handlers.classes, handlers.has("ProbeRequest"))
        with pytest.raises(KeyError):
            await anext(handlers.answers(ProbeRequest(), ASKED))

    async def test_replaced(self) -> None:
        """A later handler replaces an earlier one."""
        handlers = Handlers()
        handlers.add(ProbeRequest, lambda _request, _asked: page(1))
        handlers.add(ProbeRequest, lambda _request, _asked: page(2))
        found: list[Any] = [each async for each in handlers.answers(ProbeRequest(), ASKED)]

        assert [2] == [each.returned for each in found]
