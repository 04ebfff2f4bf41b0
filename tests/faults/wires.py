"""How a gate tells requests apart: by the frames of Kafka's protocol, or as the bytes come."""

import asyncio
import struct
from contextlib import suppress

from tests.faults.gate import Frame
from tests.faults.moments import Api
from tests.support.kafka_config import HOST

SIZE = struct.Struct(">i")
HEAD = struct.Struct(">hhi")
"""Of a request: the API's key, its version, and a number that the reply bears too."""

CHUNK_BYTES = 1 << 20


class KafkaWire:
    """One connection to a broker. Where the broker says where it is, the gate stands instead."""

    def __init__(self, port: int, gate_port: int) -> None:
        self._there, self._here = (HOST.encode() + SIZE.pack(number) for number in (port, gate_port))
        self._asked: dict[int, Api | None] = {}

    async def request(self, reader: asyncio.StreamReader) -> Frame:
        """Read the next request."""
        frame = await _sized(reader)
        key, _, number = HEAD.unpack_from(frame, SIZE.size)
        api = None
        with suppress(ValueError):
            api = Api(key)
        self._asked[number] = api
        return api, frame

    async def reply(self, reader: asyncio.StreamReader) -> Frame:
        """Read the next reply."""
        frame = await _sized(reader)
        (number,) = SIZE.unpack_from(frame, SIZE.size)
        return self._asked.pop(number, None), frame.replace(self._there, self._here)


class PlainWire:
    """One connection of any other kind. What is looked for must come in one piece."""

    def __init__(self, port: int, gate_port: int) -> None:
        del port, gate_port

    async def request(self, reader: asyncio.StreamReader) -> Frame:
        """Read what there is."""
        return await _any(reader)

    async def reply(self, reader: asyncio.StreamReader) -> Frame:
        """Read what there is."""
        return await _any(reader)


async def _sized(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(SIZE.size)
    return head + await reader.readexactly(*SIZE.unpack(head))


async def _any(reader: asyncio.StreamReader) -> Frame:
    found = await reader.read(CHUNK_BYTES)
    if not found:
        raise asyncio.IncompleteReadError(b"", None)
    return None, found
