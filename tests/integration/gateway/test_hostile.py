"""Peers that send odd things, or behave badly: they harm nobody but themselves."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from satark.runtime.groups import KafkaSettings
from satark.sandesh.generator import Generator
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh_gateway.app import GatewayApp
from satark.simulators.generators.hostile import ATTACKS, Target, attack, frames
from tests.integration.gateway.ledger import Reader
from tests.integration.gateway.running import gateway
from tests.support.waiting import eventually
from tests.unit.sandesh.captures import cases
from tests.unit.sandesh.probe import ProbeSystemLog, ProbeUve, ProbeUveTrace

pytestmark = pytest.mark.kafka

GOOD = "good:Compute:agent:0"
ENDS_S = 10.0


def uve(total: int) -> ProbeUveTrace:
    """What the good generator says of its network."""
    return ProbeUveTrace(data=ProbeUve(name="net", total=total))


@asynccontextmanager
async def good(app: GatewayApp) -> AsyncIterator[Generator]:
    """A generator that has said something, and goes on saying it."""
    async with Generator("agent", "good", collectors=[f"127.0.0.1:{app.ports['tcp']}"]) as generator:
        generator.send(uve(1))
        await eventually(lambda: generator.is_established, 10.0, what="a session")
        yield generator


async def is_fine(generator: Generator, reader: Reader, total: int) -> None:
    """The good generator still has its session, and what it says arrives."""
    generator.send(uve(total))
    key = ("ObjectVNTable:net", GOOD, "ProbeUve")
    await reader.until(
        lambda ledger: key in ledger.shares and ledger.shares[key].attributes["total"].text == str(total)
    )
    assert generator.session.connections == 1


async def send(app: GatewayApp, data: bytes) -> bytes:
    """Send bytes and the end, and return what comes until the gateway hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", app.ports["tcp"])
    try:
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(ENDS_S):
            return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


async def test_odd_input_never_disturbs_another_generator(broker: KafkaSettings) -> None:
    """All that the original was tried with, eight of which killed it; each message is published or set aside, once."""
    async with Reader(broker) as reader, gateway(broker, resume_s=0.0) as app, good(app) as generator:
        odd = cases("cpp_server")
        for each in odd:
            await send(app, each["sent"].encode("latin-1", "replace"))
        await is_fine(generator, reader, 2)
        await eventually(lambda: not any(each.books.pending for each in app.generators), 10.0, what="empty books")

        assert len(odd) >= 47
        assert 2 == len(app.generators.connected)  # the good one, and the gateway itself


async def test_bad_peers_harm_nobody(broker: KafkaSettings) -> None:
    """All of them at once: the good generator is served, and when they are gone nothing of them is left."""
    limits = {"hello_timeout_s": 2.0, "frame_timeout_s": 2.0, "max_connections_per_host": 300}
    async with Reader(broker) as reader, gateway(broker, resume_s=0.0, **limits) as app, good(app) as generator:
        target = Target("127.0.0.1", app.ports["tcp"])
        attacking = [asyncio.create_task(attack(ATTACKS[name], target, 6.0)) for name in ATTACKS]
        for total in range(2, 8):
            await is_fine(generator, reader, total)
            await asyncio.wait(attacking, timeout=1.0)
        outcomes = await asyncio.gather(*attacking)
        await is_fine(generator, reader, 9)

        assert all(outcome.connections or outcome.refused for outcome in outcomes)
        await eventually(lambda: len(app.generators.connected) == 2, 15.0, what="all bad peers gone")
        assert {GOOD} == {
            each.name for each in app.generators.connected if each.identity.source != socket.gethostname()
        }


async def test_a_name_is_not_taken_from_another_host(broker: KafkaSettings) -> None:
    """The thief is refused, and nothing that it says is believed."""
    victim = Identity("good", "Compute", "agent", "0")
    async with Reader(broker) as reader, gateway(broker, listen="0.0.0.0:0") as app, good(app) as generator:
        thief, writer = await asyncio.open_connection("127.0.0.1", app.ports["tcp"], local_addr=("127.0.0.9", 0))
        writer.write(frames.hello(victim) + frames.uve(b"<nothing/>", identity=victim))
        with contextlib.suppress(ConnectionResetError):
            await thief.read()
        writer.close()
        await is_fine(generator, reader, 2)

        assert victim == generator.identity
        known = app.generators.get(GOOD)
        assert known is not None
        assert (known.host, known.connects) == ("127.0.0.1", 1)


async def test_the_same_host_takes_its_name_over(broker: KafkaSettings) -> None:
    """The older connection is half open: it is closed, and the session is another."""
    hello = encode_hello(Hello(Identity("h", "Compute", "m", "0"), pid=5), timestamp_us=1)
    async with Reader(broker) as reader, gateway(broker) as app:
        first, first_writer = await asyncio.open_connection("127.0.0.1", app.ports["tcp"])
        first_writer.write(hello)
        await first.readuntil(b"</sandesh>")
        _, second_writer = await asyncio.open_connection("127.0.0.1", app.ports["tcp"])
        second_writer.write(hello)

        with contextlib.suppress(ConnectionResetError):
            assert b"" == await first.read()
        known = app.generators.get("h:Compute:m:0")
        assert known is not None
        await reader.until(
            lambda ledger: (event := ledger.sessions.get(known.name)) is not None and event.session == known.session
        )
        assert (known.connects, known.connected) == (2, True)
        first_writer.close()
        second_writer.close()


async def test_logs_are_dropped_by_level_when_too_much_waits(broker: KafkaSettings) -> None:
    """State is not; and everything is booked."""
    async with gateway(broker, pending_bytes_per_generator=1024 * 1024) as app, good(app) as generator:
        for number in range(3_000):
            generator.send(ProbeSystemLog(number=number))
            generator.send(uve(number))
        await generator.flush(20.0)
        known = app.generators.get(GOOD)
        assert known is not None
        await eventually(lambda: known.books.pending == 0, 20.0, what="all published")

        logs, uves = known.books.accounts["ProbeSystemLog"], known.books.accounts["ProbeUveTrace"]
        assert logs.received == logs.published + logs.dropped.total()
        assert uves.received == uves.published
