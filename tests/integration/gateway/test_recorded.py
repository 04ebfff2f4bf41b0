"""The recorded sessions of both originals, byte for byte into a socket: what they say is on the topics."""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from satark.runtime.groups import KafkaSettings
from satark.sandesh.types import SandeshType
from satark.sandesh_gateway.app import GatewayApp
from satark.schemas.messages import Message
from satark.schemas.uves import UveShare
from tests.integration.gateway.ledger import Ledger, Reader
from tests.integration.gateway.running import gateway
from tests.unit.sandesh.captures import captures, frames_of

pytestmark = pytest.mark.kafka

GOLDEN = Path(__file__).parents[2] / "data" / "sandesh" / "gateway"
STREAMS = tuple(name for name in sorted(captures()) if name.endswith(".c2s.bin") and "/c2s/" not in name)
STATES = {f"{dialect}/stream.c2s.bin": f"{dialect}_state.json" for dialect in ("py", "cpp")}
STATE = {str(int(SandeshType.UVE)), str(int(SandeshType.ALARM))}
TYPE = re.compile(rb'<Type type="i32" identifier="8">(\d+)<')
HINTS = re.compile(rb'<Hints type="i32" identifier="9">(\d+)<')
NAME = re.compile(rb"</SandeshHeader><([^\s<>/]+)")
CONTROL = 2


def said(data: bytes) -> Counter[tuple[str, str]]:
    """What a stream says, by the kind of event and the message's name, from nothing but its bytes."""
    found: Counter[tuple[str, str]] = Counter()
    for frame in frames_of(data):
        type_, hints, name = (pattern.search(frame.content) for pattern in (TYPE, HINTS, NAME))
        assert type_ is not None
        assert name is not None
        if hints is None or not int(hints[1]) & CONTROL:
            kind = "share" if type_[1].decode() in STATE else "message"
            found[kind, name[1].decode()] += 1
    return found


def published(ledger: Ledger, generator: str, since: int) -> Counter[tuple[str, str]]:
    """What was published of a generator after so many events."""
    found: Counter[tuple[str, str]] = Counter()
    for event in ledger.events[since:]:
        match event:
            case UveShare(generator=name, message=message) if name == generator:
                found["share", message] += 1
            case Message(entity=entity, name=message) if entity == f"generator/{generator}":
                found["message", message] += 1
    return found


async def play(app: GatewayApp, data: bytes) -> asyncio.StreamWriter:
    """Send a stream as the original did."""
    _, writer = await asyncio.open_connection("127.0.0.1", app.ports["tcp"])
    writer.write(data)
    await writer.drain()
    return writer


def generator_of(stream: str) -> str:
    """Who speaks in a stream, as it says in its first message."""
    content = frames_of(captures()[stream])[0].content

    def field(name: str) -> str:
        found = re.search(f'<{name} type="string" identifier="[0-9]+">([^<]*)<'.encode(), content)
        assert found is not None
        return found[1].decode()

    return ":".join(field(name) for name in ("source", "node_type_name", "module_name", "instance_id_name"))


async def test_publishes_all_that_the_recorded_sessions_say(broker: KafkaSettings) -> None:
    """Each message of each of them once; the state is what the generator has in its cache, and goes with its session."""
    # The states of the two long sessions were compared with the captures by hand: merged over all updates, without
    # what was deleted.
    async with Reader(broker) as reader, gateway(broker, resume_s=0.0) as app:
        for stream in STREAMS:
            data, generator, since = captures()[stream], generator_of(stream), len(reader.ledger.events)
            expected = said(data)

            writer = await play(app, data)
            await reader.until(lambda ledger: expected == published(ledger, generator, since))  # noqa: B023
            if stream in STATES:
                assert json.loads((GOLDEN / STATES[stream]).read_text()) == state_of(reader.ledger, generator)
            writer.close()
            # Its end and its shares' are on two topics, which are read side by side.
            await reader.until(lambda ledger: generator not in ledger.up() and {} == ledger.of(generator))  # noqa: B023

            known = app.generators.get(generator)
            assert known is not None
            assert known.books.pending == 0


def state_of(ledger: Ledger, generator: str) -> Any:
    """The shares of a generator as JSON."""
    shares = {f"{key} {struct}": attributes for (key, struct), attributes in ledger.of(generator).items()}
    return json.loads(msgspec.json.encode(shares))
