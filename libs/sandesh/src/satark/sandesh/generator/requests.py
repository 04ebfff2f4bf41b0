"""Who answers which request, and how pages are marked (clauses 4.8, 5.4)."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from satark.sandesh.types import Kind, Message

MAX_MESSAGES = 100_000


class RefusedError(ValueError):
    """A handler does not do what it was asked, because of a value that its text names; HTTP tells it as a 400."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a request came from, and the context that its answers carry."""

    context: str = ""
    over_http: bool = False


Answers: TypeAlias = Message | Iterable[Message] | None
Handler: TypeAlias = Callable[[Any, Asked], Answers | Awaitable[Answers] | AsyncIterator[Message]]


class Handlers:
    """Handlers by the name of their request; a later one replaces an earlier one."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self.classes: dict[str, type[Message]] = {}

    def declare(self, request: type[Message]) -> None:
        """Know a request, with a handler or without. Raises `ValueError` for what is no request."""
        layout = request.__sandesh__
        if layout.kind is not Kind.REQUEST:
            raise ValueError(f"{layout.name} is a {layout.kind.value}, no request")
        self.classes[layout.name] = request

    def add(self, request: type[Message], handler: Handler) -> None:
        """Let `handler` answer it. Raises `ValueError` for what is no request."""
        self.declare(request)
        self._handlers[request.__sandesh__.name] = handler

    def has(self, name: str) -> bool:
        """Whether somebody answers it."""
        return name in self._handlers

    async def answers(self, request: Message, asked: Asked) -> AsyncIterator[Message]:
        """The answers in order, `more` set in every response but the last. Raises `KeyError` without a handler."""
        handler = self._handlers[request.__sandesh__.name]
        held: Message | None = None
        async for each in _iterated(handler(request, asked)):
            if held is not None:
                yield _marked(held, more=True)
            held = each
        if held is not None:
            yield _marked(held, more=False)


async def _iterated(result: Any) -> AsyncIterator[Message]:
    if inspect.isawaitable(result):
        result = await result
    if result is None:
        return
    if isinstance(result, Message):
        yield result
    elif hasattr(result, "__aiter__"):
        async for each in result:
            yield each
    else:
        for each in result:
            yield each


def _marked(message: Message, *, more: bool) -> Message:
    """Only responses have the field; a UVE of the cache goes as it is."""
    if message.__sandesh__.kind is Kind.RESPONSE and hasattr(message, "more"):
        message.more = more
    return message
