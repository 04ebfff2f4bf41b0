"""The bad peers. Each goes on until it has done what it does, or until `attack` ends it."""

import asyncio
import socket
from collections.abc import Mapping
from types import MappingProxyType

from satark.sandesh.wire.control import Identity
from satark.simulators.generators.hostile import frames
from satark.simulators.generators.hostile.attacker import Attack, Attacker

BYTE_S = 0.05
"""Between two bytes of a slow peer."""
FLOOD = 500
"""So many connections does a flood make; each costs a file descriptor here too."""
OVERSIZED_BYTES = 256 * 1024 * 1024
"""An oversized frame ends after so many bytes, if the collector has not ended it before."""
CHUNK = b"x" * 65_536
SMALL_BUFFER = 4096


async def slow_loris(attacker: Attacker) -> None:
    """Introduce itself byte by byte, so that the connection is never idle and never of use."""
    line = await attacker.connect()
    if line is not None:
        for byte in frames.hello():
            if not await attacker.send(line, bytes((byte,))):
                return
            await asyncio.sleep(BYTE_S)
        await attacker.until_ended(line)


async def connect_flood(attacker: Attacker) -> None:
    """Make many connections and say nothing on them."""
    lines = [line for line in [await attacker.connect() for _ in range(FLOOD)] if line is not None]
    await asyncio.gather(*(attacker.until_ended(line) for line in lines))


async def half_open(attacker: Attacker) -> None:
    """Introduce itself, close its own direction, and stay."""
    line = await attacker.connect()
    if line is not None and await attacker.send(line, frames.hello()):
        if line.writer.can_write_eof():
            line.writer.write_eof()
        await attacker.until_ended(line)


async def never_reads(attacker: Attacker) -> None:
    """Introduce itself again and again, and take none of the answers."""
    line = await attacker.connect(receive_bytes=SMALL_BUFFER)
    if line is None:
        return
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    number = 1
    while await attacker.send(line, frames.hello(number=number)):
        number += 1
        await asyncio.sleep(0)


async def garbage(attacker: Attacker) -> None:
    """Send noise, and frames that are wrong in one thing each, before and after an introduction."""
    seed = 0
    while True:
        for data in (frames.noise(seed), *frames.broken()):
            await _say(attacker, data)
            await _say(attacker, frames.hello(), data)
        seed += 1


async def oversized(attacker: Attacker) -> None:
    """Announce a frame of 10 GB and begin to send it."""
    line = await attacker.connect()
    if line is None or not await attacker.send(line, frames.hello() + frames.oversized()):
        return
    for _ in range(OVERSIZED_BYTES // len(CHUNK)):
        if not await attacker.send(line, CHUNK):
            return
    await attacker.until_ended(line)


async def entity_bomb(attacker: Attacker) -> None:
    """Send entities that grow without bounds, and one that stands for a file."""
    await _say(attacker, frames.hello(), frames.bomb())
    await _say(attacker, frames.hello(), frames.file_entity())


async def wrong_names(attacker: Attacker) -> None:
    """Introduce itself under names that nobody should have; and under two names on one connection."""
    for data in frames.wrong_names():
        await _say(attacker, data)
    await _say(attacker, frames.hello(), frames.hello(Identity("somebody-else", "Compute", "hostile", "0")))


def collision(victim: Identity) -> Attack:
    """Return a bad peer that takes another generator's name, and says that its objects are gone."""

    async def collide(attacker: Attacker) -> None:
        line = await attacker.connect()
        if line is not None and await attacker.send(line, frames.hello(victim)):
            await attacker.send(line, frames.gone(victim))
            await attacker.until_ended(line)

    return collide


async def resets(attacker: Attacker) -> None:
    """Introduce itself and reset the connection, over and over."""
    while True:
        line = await attacker.connect()
        if line is not None:
            await attacker.send(line, frames.hello())
            raw = line.writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            attacker.drop(line)
        await asyncio.sleep(0 if line is not None else ANSWER_S)


_RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"
ANSWER_S = 0.2
"""A collector that means to end a connection has so long before the next one is tried."""

ATTACKS: Mapping[str, Attack] = MappingProxyType(
    {
        "slow-loris": slow_loris,
        "connect-flood": connect_flood,
        "half-open": half_open,
        "never-reads": never_reads,
        "garbage": garbage,
        "oversized": oversized,
        "entity-bomb": entity_bomb,
        "wrong-names": wrong_names,
        "collision": collision(Identity("compute-00000", "Compute", "contrail-vrouter-agent", "0")),
        "resets": resets,
    }
)
"""All bad peers by name; the one of `collision` takes the name of the first simulated daemon."""


async def _say(attacker: Attacker, *parts: bytes) -> None:
    """Say something on a connection of its own, and leave if the collector does not end it."""
    line = await attacker.connect()
    if line is None:
        await asyncio.sleep(ANSWER_S)
        return
    for part in parts:
        if not await attacker.send(line, part):
            return
    try:
        async with asyncio.timeout(ANSWER_S):
            await attacker.until_ended(line)
    except TimeoutError:
        attacker.drop(line)
