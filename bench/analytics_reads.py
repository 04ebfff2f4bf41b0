"""What it costs to read objects over HTTP, and to hold them. Prints tables.

Run: python bench/analytics_reads.py [--reads 200] [--objects 10000] [--socket]

A read passes the whole application (limits, access, parameters, log, ETag), but no socket unless --socket is given. It is
compared with aggregation alone: the object put together from its rows, shown and encoded. Times are of the process, so that
neighbours on the machine count little.
"""

import argparse
import asyncio
import io
import sys
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from satark.analytics.mirror.mirror import ROW_BYTES, Mirror
from satark.analytics.routes import uves
from satark.analytics.uves.objects import encoded
from satark.analytics.uves.tokens import Tokens
from satark.analytics.web.access import Access
from satark.analytics.web.application import application
from satark.analytics.web.server import WebServer
from satark.runtime.records import Record
from satark.schemas import codec, topics
from satark.schemas.uve_states import UveState
from satark.schemas.uves import UveShare, Value
from satark.uve import views
from satark.uve.rows import share_key
from satark.uve.state import dump_share, load_share, restored
from satark.uve.told import told_of
from satark.uve.uve import Uve

BEGIN = datetime(2026, 3, 10, tzinfo=UTC)
STRUCT = "UveVirtualNetworkAgent"
ATTRIBUTES = 20
SHARES = (1, 20, 200)
WILD = 2
"""Shares of each object that is read through a wildcard."""


def uve_of(entity: str, shares: int) -> Uve:
    """Return an object of which so many generators tell numbers: half of them are summed up, half are the same for all."""
    uve = Uve()
    for source in range(shares):
        attributes = {
            f"attribute_{at:02}": Value(
                type="u64", text=str(at * 1_000), annotations={"aggtype": "sum"} if at % 2 else {}
            )
            for at in range(ATTRIBUTES)
        }
        share = UveShare(
            id=f"{source}",
            generator=f"host-{source:03}:Compute:contrail-vrouter-agent:0",
            gateway="gw",
            time=BEGIN,
            entity=entity,
            session=1,
            struct=STRUCT,
            message=f"{STRUCT}Trace",
            attributes=attributes,
        )
        uve.apply(told_of(share), seen_us=1)
    return uve


def records_of(entity: str, uve: Uve) -> Iterable[Record]:
    """Yield an object's rows and its state."""
    for (struct, generator), share in uve.shares():
        yield Record(topics.UVE_CHANGELOG, 0, 0, BEGIN, share_key(entity, struct, generator), dump_share(share))
    made = codec.encode(UveState(id="i", entity=entity, time=BEGIN, structs=views.flat(uve)), source="/bench")
    yield Record(made.topic, 0, 0, BEGIN, made.key, made.value)


def aggregated(mirror: Mirror, entity: str) -> bytes:
    """Return an object from its rows: what no read from shares can do without."""
    held = mirror.get(entity)
    assert held is not None
    return encoded(views.flat(restored({key: load_share(row) for key, row in held.shares.items()}, {})))


def cost_us(work: Callable[[], object], times: int) -> float:
    """Return microseconds that some work takes."""
    work()
    began = process_time()
    for _ in range(times):
        work()
    return (process_time() - began) / times * 1e6


class Server:
    """The application with the routes of objects."""

    def __init__(self, mirror: Mirror) -> None:
        routes = uves.routes(mirror, Tokens(b"bench"), told=lambda _: None, now_us=lambda: 1)
        self.app = application(routes, access=Access(credentials=None, rate=None, clock=monotonic))
        self.sent = 0

    async def read(self, path: str, query: str) -> None:
        """Answer one request."""
        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.4"},
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1")],
            "scheme": "http",
            "server": ("127.0.0.1", 8081),
            "client": ("127.0.0.1", 1),
        }
        await self.app(scope, _receive, self._send)

    async def cost_us(self, path: str, query: str, times: int) -> float:
        """Return microseconds that a request takes."""
        await self.read(path, query)
        began = process_time()
        for _ in range(times):
            await self.read(path, query)
        return (process_time() - began) / times * 1e6

    async def _send(self, message: Any) -> None:
        self.sent += len(message.get("body", b""))


async def _receive() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def one_object(reads: int) -> None:
    """Print what reads of one object cost, by the number of its shares."""
    print("one object: microseconds a read, and as a ratio to aggregation alone\n")
    print(f"{'shares':>7}{'alone':>9}  " + "".join(f"{name:>20}" for name in ("flat", "one host", "structured")))
    for shares in SHARES:
        mirror = Mirror()
        mirror.ready, mirror.reading = True, ""
        for record in records_of("ObjectVNTable:vn1", uve_of("ObjectVNTable:vn1", shares)):
            mirror.apply(record)
        times = max(20, reads // shares)
        alone_us = min(cost_us(lambda held=mirror: aggregated(held, "ObjectVNTable:vn1"), times) for _ in range(3))  # type: ignore[misc] # bound now
        server = Server(mirror)
        figures = ""
        for query in ("flat", "sfilt=host-000", ""):
            found_us = min(
                [await server.cost_us("/analytics/uves/virtual-network/vn1", query, times) for _ in range(3)]
            )
            figures += f"{found_us:>10.0f} {1e6 / found_us:>6,.0f}/s"[:18].rjust(14) + f"{found_us / alone_us:>6.2f}"
        print(f"{shares:>7}{alone_us:>9.0f}  {figures}")


async def wildcard(objects: int) -> None:
    """Print what a read of many objects costs, and what it costs to take them in and hold them."""
    keys = [f"ObjectVNTable:vn{at:06}" for at in range(objects)]
    uve = uve_of("", WILD)
    records = [record for key in keys for record in records_of(key, uve)]
    began = process_time()
    mirror = Mirror()
    for record in records:
        mirror.apply(record)
    taken_s = process_time() - began
    mirror.ready, mirror.reading = True, ""
    alone_us = cost_us(lambda: [aggregated(mirror, key) for key in keys], 1)
    server = Server(mirror)
    print(f"\na wildcard over {objects} objects of {WILD} shares; aggregation alone {objects / alone_us * 1e6:,.0f}/s")
    for name, query in (("flat", ""), ("filtered", "mfilt=contrail-vrouter-agent")):
        server.sent = 0
        found_us = await server.cost_us("/analytics/uves/virtual-network/*", query, 1)
        print(f"{name:>9}: {objects / found_us * 1e6:,.0f} objects/s, ratio {found_us / alone_us:.2f}")
    print(f"\nthe mirror takes in {len(records) / taken_s:,.0f} records/s of a core")


def memory() -> None:
    """Print bytes that a share takes beside those of its value."""
    uves_ = {f"ObjectVNTable:vn{at}": uve_of("", 20) for at in range(300)}
    records = [record for key, uve in uves_.items() for record in records_of(key, uve)]
    tracemalloc.start()
    mirror = Mirror()
    for record in records:
        # The bytes of keys and values are another's: what is read from Kafka is new for each record.
        fresh = Record(
            record.topic, 0, 0, BEGIN, bytes(bytearray(record.key or b"")), bytes(bytearray(record.value or b""))
        )
        mirror.apply(fresh)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    values = sum(len(record.value or b"") for record in records)
    beside = (held - values) / len(records)
    print(f"a share of {ATTRIBUTES} attributes: {held / mirror.shares:,.0f} bytes held, with its part of the state")
    print(f"beside its value a row takes {beside:.0f} bytes; {ROW_BYTES} are counted, {mirror.size / held:.2f} in all")


async def on_a_socket(reads: int) -> None:
    """Print how many reads a second one connection gets, client and server in one process."""
    mirror = Mirror()
    mirror.ready, mirror.reading = True, ""
    for record in records_of("ObjectVNTable:vn1", uve_of("ObjectVNTable:vn1", 20)):
        mirror.apply(record)
    stop = asyncio.Event()
    async with WebServer(Server(mirror).app, host="127.0.0.1", port=0) as server:
        running = asyncio.ensure_future(server.run(stop))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        began = process_time()
        for _ in range(reads):
            writer.write(b"GET /analytics/uves/virtual-network/vn1?flat HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            (length,) = (
                line.split(b": ")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")
            )
            await reader.readexactly(int(length))
        print(f"\non a socket: {reads / (process_time() - began):,.0f} flat reads/s of a core, client and all")
        writer.close()
        stop.set()
        await running


async def measured(args: argparse.Namespace) -> None:
    """Measure and print."""
    await one_object(args.reads)
    await wildcard(args.objects)
    memory()
    if args.socket:
        await on_a_socket(args.reads)


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reads", type=int, default=400, metavar="N", help="reads of an object of one share (400)")
    parser.add_argument("--objects", type=int, default=10_000, metavar="N", help="objects behind the wildcard (10000)")
    parser.add_argument("--socket", action="store_true", help="reads on a socket, too")
    args = parser.parse_args()
    # Lines of the log are made, as in a service, and go nowhere.
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=io.StringIO()),
        cache_logger_on_first_use=True,
    )
    asyncio.run(measured(args))


if __name__ == "__main__":
    main()
