"""What the gateway makes of a core: messages a second into a real Kafka, by size, and memory of an idle generator.

Run: `python bench/gateway.py [--seconds 6] [--idle 1000]`. Each gateway is a process of its own and only its own CPU
time counts, so the numbers stay comparable on a busy machine; look at the ratios. `of lxml` is the gateway's time for
a message over that of `lxml.etree.fromstring` for the same bytes. `two` is how many messages two processes on one
port (SO_REUSEPORT) take for each one that one process takes in the same wall time: on a machine with two cores, which
Kafka and the senders need too, that is far below two. It needs Java, as the tests do.
"""

import argparse
import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1]))

from satark.runtime.groups import KafkaSettings
from satark.sandesh.types import Header, SandeshType
from satark.sandesh.wire.control import Hello, Identity, encode_hello
from satark.sandesh.wire.frame import FrameReader
from satark.sandesh.wire.tree import ListValue, Node, StructValue, Tree, Value
from satark.sandesh.wire.xml import encode
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

SENDERS = 8
PATIENCE_S = 120.0
LXML_S = 0.5
OBJECTS = 60
PENDING_BYTES = 1024**3
"""So much that no log is dropped: who drops is quick."""

TICKS_A_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Load:
    """A message: its name for people, and its frame for each of some objects; how many are sent for each second."""

    name: str
    frames: Sequence[bytes]
    a_second: int

    @property
    def frame(self) -> bytes:
        """One of them."""
        return self.frames[0]

    @property
    def content(self) -> bytes:
        """What lxml can read of it, in an element of its own."""
        (frame,) = FrameReader().feed(self.frame)
        return b"<frame>" + frame.content + b"</frame>"


def node(name: str, type_: str, value: Value, **annotations: str) -> Node:
    """A field."""
    return Node(name, type_, "1", value, annotations)


def interface(number: int) -> StructValue:
    """A struct like those in the lists of UVEs, about 400 bytes on the wire."""
    fields = [
        node("name", "string", f"default-domain:project:interface-{number:05}"),
        node("active", "bool", "true"),
        node("in_bytes", "u64", str(123_456_789 + number)),
        node("out_bytes", "u64", str(987_654_321 + number)),
    ]
    return StructValue("InterfaceStatus", fields)


def uve(name: int, interfaces: int) -> Tree:
    """A UVE of an object, with so many structs in a list."""
    items: list[Value] = [interface(number) for number in range(interfaces)]
    fields = [
        node("name", "string", f"default-domain:project:network-{name:03}", key="ObjectVNTable"),
        node("total_acl_rules", "i32", "12"),
        node("in_bandwidth_usage", "u64", "8812"),
        node("interfaces", "list", ListValue("struct", items, str(interfaces))),
    ]
    return Tree("UveVirtualNetworkTrace", [node("data", "struct", StructValue("UveVirtualNetwork", fields))])


def loads() -> Sequence[Load]:
    """The three sizes."""
    text = [node("text", "string", "a route was added to the table of the network, as the peer had announced it")]

    def made(type_: SandeshType, message: Tree) -> bytes:
        header = Header(
            timestamp_us=time.time_ns() // 1000,
            module="agent",
            source="bench",
            node_type="Compute",
            instance_id="0",
            type=type_,
            sequence_number=1,
            level=6,
            category="bench",
        )
        return encode(header, message)

    return (
        Load("log", [made(SandeshType.SYSTEM, Tree("AgentLog", text))] * OBJECTS, 3_000),
        Load("uve 2 kB", [made(SandeshType.UVE, uve(name, 4)) for name in range(OBJECTS)], 1_500),
        Load("uve 20 kB", [made(SandeshType.UVE, uve(name, 68)) for name in range(OBJECTS)], 200),
    )


def lxml_us(load: Load) -> float:
    """CPU microseconds that lxml takes for the bytes; the best of some rounds."""
    content, best = load.content, float("inf")
    ends_s = time.monotonic() + LXML_S
    while time.monotonic() < ends_s:
        began_s = time.process_time()
        for _ in range(100):
            etree.fromstring(content)
        best = min(best, (time.process_time() - began_s) / 100)
    return best * 1e6


class Workers:
    """Gateway processes on one port."""

    def __init__(self, port: int, processes: Sequence[SatarkProcess]) -> None:
        self.port = port
        self.processes = processes

    def cpu_s(self) -> float:
        """CPU seconds of all so far."""
        return sum(_stat(each.pid) for each in self.processes)

    def memory_bytes(self) -> int:
        """Resident memory of all."""
        return sum(int(Path(f"/proc/{each.pid}/statm").read_text().split()[1]) * PAGE_BYTES for each in self.processes)

    async def counted(self, name: str) -> int:
        """The sum of a metric over all."""
        total = 0
        for each in self.processes:
            answer = await http_get(f"{await each.ops_url()}/metrics")
            lines = answer.body.decode().splitlines() if answer is not None else []
            total += sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(name))
        return total


def _stat(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_S


@asynccontextmanager
async def workers(kafka: KafkaSettings, count: int) -> AsyncIterator[Workers]:
    """Run gateways."""
    port = free_port()
    environment = {
        "SATARK_KAFKA_BROKERS": kafka.brokers,
        "SATARK_GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "SATARK_GATEWAY_REUSE_PORT": "true",
        "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
        "SATARK_GATEWAY_MAX_CONNECTIONS_PER_HOST": "10000",
        "SATARK_GATEWAY_RESUME_S": "0",
        "SATARK_GATEWAY_PENDING_BYTES_PER_GENERATOR": str(PENDING_BYTES),
        "SATARK_GATEWAY_PENDING_BYTES": str(4 * PENDING_BYTES),
        "SATARK_LOG_LEVEL": "error",
    }
    with tempfile.TemporaryDirectory() as folder:
        satark = SatarkProcesses(Path(folder) / "satark")
        try:
            started = [satark.start("gateway", environment=environment) for _ in range(count)]
            for process in started:
                await process.ready()
            yield Workers(port, started)
        finally:
            await satark.close()


def hello(number: int) -> bytes:
    """How a generator introduces itself."""
    who = Identity(f"bench-{number}", "Compute", "agent", "0")
    return encode_hello(Hello(who, pid=1 + number), timestamp_us=time.time_ns() // 1000)


async def speak(port: int, number: int, load: Load, messages: int) -> asyncio.StreamWriter:
    """Send so many messages, as fast as they are taken; who hung up now would lose what was not read."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(hello(number))
    for at in range(messages):
        writer.write(load.frames[at % OBJECTS])
        await writer.drain()
    return writer


async def throughput(gateways: Workers, load: Load, seconds: float) -> tuple[float, float]:
    """Messages of a CPU second, and of a second by the clock, from the first byte to the last acknowledgement."""
    published = "satark_gateway_messages_published_total"
    before, began_cpu_s, began_s = await gateways.counted(published), gateways.cpu_s(), time.monotonic()
    each = max(1, int(seconds * load.a_second / SENDERS))
    sent = each * SENDERS
    writers = await asyncio.gather(*(speak(gateways.port, number, load, each) for number in range(SENDERS)))

    async def all_published() -> bool:
        return await gateways.counted(published) - before >= sent

    await eventually(all_published, PATIENCE_S, what=f"{sent} messages in Kafka", pause_s=0.2)
    took_s, cpu_s = time.monotonic() - began_s, gateways.cpu_s() - began_cpu_s
    for writer in writers:
        writer.close()
    return sent / cpu_s, sent / took_s


async def idle_bytes(gateways: Workers, count: int) -> float:
    """Memory of one more generator that says nothing but hello."""
    before = gateways.memory_bytes()
    sockets = []
    for number in range(count):
        one = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", gateways.port))
        one.sendall(hello(number))
        sockets.append(one)

    async def all_connected() -> bool:
        return await gateways.counted("satark_gateway_generators ") >= count

    await eventually(all_connected, PATIENCE_S, what="all generators connected", pause_s=0.2)
    found = (gateways.memory_bytes() - before) / count
    for one in sockets:
        one.close()
    return found


async def measure(seconds: float, idle: int) -> None:
    """Measure all, and print it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = await stack.enter_async_context(KafkaCluster(folder / "kafka"))
        kafka = await prepared(cluster.endpoint())
        rates: dict[str, Mapping[int, tuple[float, float]]] = {}
        for load in loads():
            rates[load.name] = {}
            for count in (1, 2):
                async with workers(kafka, count) as gateways:
                    await throughput(gateways, load, 1.0)
                    rates[load.name] = {**rates[load.name], count: await throughput(gateways, load, seconds)}
        async with workers(kafka, 1) as gateways:
            memory = await idle_bytes(gateways, idle)
    print(
        f"{'message':10}{'bytes':>8}{'a core and s':>14}{'us each':>9}{'lxml us':>9}{'of lxml':>9}{'a s':>8}{'two':>6}"
    )
    for load in loads():
        (a_core, a_second), (_, together) = rates[load.name][1], rates[load.name][2]
        lxml = lxml_us(load)
        print(
            f"{load.name:10}{len(load.frame):8}{a_core:14,.0f}{1e6 / a_core:9.0f}{lxml:9.1f}{1e6 / a_core / lxml:9.1f}"
            f"{a_second:8,.0f}{together / a_second:6.2f}"
        )
    print(f"an idle generator takes {memory / 1024:.1f} KiB ({idle} connected)")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="messages a second and core into Kafka, and memory of generators")
    parser.add_argument("--seconds", type=float, default=6.0, help="about how long each size takes one process (6)")
    parser.add_argument("--idle", type=int, default=1_000, help="generators of which the memory is measured (1000)")
    options = parser.parse_args()
    asyncio.run(measure(options.seconds, options.idle))


if __name__ == "__main__":
    main()
