"""The alarms that this generator has raised, and their acknowledgement."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from satark.sandesh.generator.acknowledging import acknowledged
from satark.sandesh.generator.messages import alarms as a
from satark.sandesh.generator.requests import Asked, Handler
from satark.sandesh.generator.uves import Entry
from satark.sandesh.types import Kind, Message

if TYPE_CHECKING:
    from satark.sandesh.generator.client import Generator


def handlers(generator: "Generator") -> Mapping[type[Message], Handler]:
    """The requests and who answers them."""
    answers = _Alarms(generator)
    return {
        a.SandeshAlarmTypesRequest: answers.types,
        a.SandeshAlarmCacheRequest: answers.cache,
        a.SandeshAlarmAckRequest: answers.acknowledge,
    }


class _Alarms:
    def __init__(self, generator: "Generator") -> None:
        self._generator = generator

    def types(self, _request: a.SandeshAlarmTypesRequest, _asked: Asked) -> Message:
        """The tables that have had alarms."""
        tables = sorted({each.key.table for each in self._entries()})
        return a.SandeshAlarmTypesResponse(type_info=[a.SandeshAlarmTypeInfo(table=each) for each in tables])

    def cache(self, request: a.SandeshAlarmCacheRequest, asked: Asked) -> Iterable[Message]:
        """The alarms of a table, or of one object of it."""
        table, name = request.table or "", request.name or None
        found = [each for each in self._entries() if each.key.table == table and name in {None, each.key.name}]
        if asked.over_http:
            yield from [each.message for each in found]
        else:
            self._generator.repeat(found, context=asked.context)
        yield a.SandeshAlarmCacheResponse(count=len(found))

    async def acknowledge(self, request: a.SandeshAlarmAckRequest, _asked: Asked) -> Message:
        """Let the program acknowledge it."""
        return await acknowledged(request, self._generator.acknowledge_alarm)

    def _entries(self) -> list[Entry]:
        with self._generator.lock:
            entries = list(self._generator.outbox.cache)
        return [each for each in entries if each.message.__sandesh__.kind is Kind.ALARM]
