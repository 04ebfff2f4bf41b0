"""A receiver that runs, a Kafka that can be away, and books that must balance at the end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import REGISTRY

from satark.sandesh_gateway.receivers.deliveries import DeadLine, Delivery, Heard
from satark.sandesh_gateway.receivers.protocol import Address
from satark.sandesh_gateway.receivers.syslog.receiver import SyslogReceiver
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings
from satark.schemas.messages import Message
from tests.support.waiting import eventually

HERE = ("127.0.0.1:0",)
BOOKS = ("received", "published", "dead_lettered", "dropped")


@dataclass(slots=True)
class Kafka:
    """What was delivered. While `open` is not set it takes nothing, as a broker that is away."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    deliveries: list[Delivery] = field(default_factory=list)
    asked: int = 0

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Take a batch."""
        self.asked += len(deliveries)
        await self.open.wait()
        self.deliveries += deliveries

    @property
    def texts(self) -> list[str]:
        """The texts of the messages, in order."""
        events = [each.event for each in self.deliveries if isinstance(each, Heard)]
        return [event.text for event in events if isinstance(event, Message)]

    def has(self, text: str) -> bool:
        """Whether there is a message with the text."""
        return text in self.texts

    @property
    def dead(self) -> list[tuple[bytes, str]]:
        """The dead lines with their causes."""
        return [(each.raw, each.error.reason) for each in self.deliveries if isinstance(each, DeadLine)]


@dataclass(slots=True)
class Running:
    """A receiver that listens."""

    receiver: SyslogReceiver
    kafka: Kafka
    stop: asyncio.Event
    task: asyncio.Task[None]

    def address(self, transport: str) -> Address:
        """Where it listens."""
        return self.receiver.addresses[transport][0]

    async def connect(self, transport: str = "tcp", **options: Any) -> asyncio.StreamWriter:
        """A connection to it."""
        host, port = self.address(transport)
        return (await asyncio.open_connection(host, port, **options))[1]

    def datagram(self, *lines: bytes) -> None:
        """Send datagrams."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for line in lines:
                sender.sendto(line, self.address("udp"))

    async def finish(self) -> None:
        """Stop it and wait for its end."""
        self.stop.set()
        await asyncio.wait_for(self.task, 20)


@asynccontextmanager
async def running(*, taking: bool = True, **settings: Any) -> AsyncIterator[Running]:
    """A receiver on free ports, at whose end the books of the test must balance."""
    receiver, kafka, stop = SyslogReceiver(SyslogSettings(**settings)), Kafka(), asyncio.Event()
    if taking:
        kafka.open.set()
    before = books()
    task = asyncio.create_task(receiver.run(kafka.deliver, stop))
    await eventually(lambda: receiver.addresses or task.done())
    run = Running(receiver, kafka, stop, task)
    try:
        yield run
        kafka.open.set()
        await run.finish()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    change = {name: value - before[name] for name, value in books().items()}
    assert change["received"] == change["published"] + change["dead_lettered"] + change["dropped"]
    assert change["published"] + change["dead_lettered"] == len(kafka.deliveries)


def books() -> dict[str, float]:
    """The sums of the counters."""
    return {name: total(f"satark_gateway_lines_{name}_total") for name in BOOKS}


def total(metric: str, **labels: str) -> float:
    """The sum of a metric's samples that have the labels."""
    return sum(
        sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == metric and labels.items() <= sample.labels.items()
    )


def growing(metric: str, **labels: str) -> Callable[[], bool]:
    """Whether a metric has grown since now."""
    before = total(metric, **labels)
    return lambda: total(metric, **labels) > before


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side closes the connection."""
    try:
        return await asyncio.wait_for(reader.read(), 10) == b""
    except ConnectionResetError:
        return True
