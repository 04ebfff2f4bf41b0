import asyncio
from collections.abc import AsyncIterator

import pytest

from satark.runtime.brokers import CONDITION, too_few, unreachable, watch
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from tests.support.ports import free_port
from tests.support.waiting import eventually


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[str]:
    """Something that accepts connections."""
    async with await asyncio.start_server(_hang_up, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_one_broker_that_answers_is_enough(listener: str) -> None:
    """The first may be down: a client finds the others through any."""
    settings = KafkaSettings(brokers=f"127.0.0.1:{free_port()}, {listener}")

    assert await unreachable(settings) is None


@pytest.mark.parametrize(("absent", "enough"), [(0, True), (1, True), (2, False)])
async def test_one_of_three_is_too_few(listener: str, absent: int, enough: bool) -> None:
    """Half of the brokers may be away, not more: those are named."""
    gone = [f"127.0.0.1:{free_port()}" for _ in range(absent)]

    reason = await too_few(KafkaSettings(brokers=",".join([listener, *gone])))

    assert enough is (reason is None)
    assert all(broker in (reason or broker) for broker in gone)


async def test_each_broker_that_does_not_answer_is_named() -> None:
    """Both addresses come with their reasons."""
    first, second = free_port(), free_port()

    reason = await unreachable(KafkaSettings(brokers=f"127.0.0.1:{first},127.0.0.1:{second}"))

    assert reason is not None
    assert (True, True) == (f"127.0.0.1:{first}: " in reason, f"127.0.0.1:{second}: " in reason)


async def test_a_name_that_no_host_can_have_is_told() -> None:
    """A host name that DNS cannot carry is no error of ours."""
    name = "x" * 64 + ".example:9092"

    assert await unreachable(KafkaSettings(brokers=name)) == f"{name}: no host can be called so"


async def test_readiness_follows_the_brokers() -> None:
    """The condition turns false when the broker goes and true when it is back."""
    port, health = free_port(), Health()
    watching = asyncio.create_task(watch(KafkaSettings(brokers=f"127.0.0.1:{port}"), health, every_s=0.01))

    await eventually(lambda: [c.name for c in health.report() if not c.ready] == [CONDITION], 10, what="not ready")
    async with await asyncio.start_server(_hang_up, "127.0.0.1", port):
        await eventually(lambda: health.ready, 10, what="ready")
    await eventually(lambda: not health.ready, 10, what="not ready again")

    watching.cancel()
