"""Messages a second, encoded, decoded and sent as state, against `lxml.etree.fromstring` of the same frame alone.

A ratio of 1 is the ceiling of anything that reads XML with lxml; all are measured in turns in one run, so that they
see the same machine. Run: `python bench/sandesh.py [seconds per size]`.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from lxml import etree

from satark.sandesh.generator.outbox import Outbox, Stamp
from satark.sandesh.types import (
    I64,
    STRING,
    U32,
    U64,
    Field,
    Header,
    Hint,
    Kind,
    Layout,
    Level,
    ListOf,
    MapOf,
    Message,
    MessageLayout,
    Struct,
    StructOf,
    UveMessage,
)
from satark.sandesh.wire.frame import Frame, FrameReader
from satark.sandesh.wire.xml import Classes, classes_by_name, decode_frame, encode, header_of

ROUNDS = 15


@dataclass(slots=True, kw_only=True)
class Log(Message):
    """A small message: a system log of three fields."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="Log",
        kind=Kind.SYSTEMLOG,
        fields=(
            Field(id=1, name="str1", type=STRING, constant="peer"),
            Field(id=2, name="peer", type=STRING),
            Field(id=3, name="count", type=U32),
        ),
    )

    peer: str | None = None
    count: int | None = None


@dataclass(slots=True, kw_only=True)
class Interface(Struct):
    """A part of the state."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="Interface",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"aggtype": "listkey"}),
            Field(id=2, name="in_bytes", type=U64, annotations={"aggtype": "counter"}),
            Field(id=3, name="out_bytes", type=U64, annotations={"aggtype": "counter"}),
            Field(id=4, name="errors", type=I64),
        ),
    )

    name: str | None = None
    in_bytes: int | None = None
    out_bytes: int | None = None
    errors: int | None = None


@dataclass(slots=True, kw_only=True)
class Router(Struct):
    """The state of a router."""

    __sandesh__: ClassVar[Layout] = Layout(
        name="Router",
        fields=(
            Field(id=1, name="name", type=STRING, annotations={"key": "ObjectVRouter"}),
            Field(id=2, name="networks", type=ListOf(STRING), annotations={"aggtype": "union"}),
            Field(id=3, name="interfaces", type=ListOf(StructOf("Interface", lambda: Interface))),
            Field(id=4, name="drops", type=MapOf(STRING, U64), annotations={"tags": ".__key"}),
        ),
    )

    name: str | None = None
    networks: list[str] | None = None
    interfaces: list[Interface] | None = None
    drops: dict[str, int] | None = None


@dataclass(slots=True, kw_only=True)
class RouterTrace(UveMessage):
    """A message of state; its size is that of its lists."""

    __sandesh__: ClassVar[MessageLayout] = MessageLayout(
        name="RouterTrace",
        kind=Kind.UVE,
        hints=Hint.KEY,
        fields=(Field(id=1, name="data", type=StructOf("Router", lambda: Router)),),
    )

    data: Router | None = None


def router(count: int) -> RouterTrace:
    """State with so many elements in each container."""
    return RouterTrace(
        table="ObjectVRouter",
        data=Router(
            name="router-1",
            networks=[f"default-domain:tenant:network-{index}" for index in range(count)],
            interfaces=[
                Interface(name=f"tap{index}", in_bytes=index * 10**6, out_bytes=index * 10**7, errors=index)
                for index in range(count)
            ],
            drops={f"reason-{index}": index for index in range(count)},
        ),
    )


MESSAGES: Mapping[str, Message] = {
    "small": Log(peer="192.0.2.1:179 <default>", count=7),
    "medium": router(10),
    "large": router(400),
}
SENDER = Header(source="host-1", module="agent", node_type="Compute", instance_id="0")
CLASSES: Classes = classes_by_name([Log, RouterTrace])


def tasks(message: Message) -> tuple[int, dict[str, Callable[[], object]]]:
    """The length of a message's frame, and what is measured, the ceiling first."""
    header = header_of(message, SENDER, timestamp_us=1, sequence_number=1, level=Level.SYS_INFO)
    data = encode(header, message)
    (frame,) = FrameReader().feed(data)
    assert decode_frame(frame, CLASSES).body == message
    tree = decode_frame(frame).body
    reader = FrameReader()

    def read_and(decode: Callable[[Frame], object]) -> Callable[[], object]:
        return lambda: [decode(each) for each in reader.feed(data)]

    return len(data), {
        "fromstring": lambda: etree.fromstring(data),
        "decode to a class": read_and(lambda each: decode_frame(each, CLASSES)),
        "decode to a tree": read_and(decode_frame),
        "encode a class": lambda: encode(header, message),
        "encode a tree": lambda: encode(header, tree),
        **({"send as state": sender(message)} if isinstance(message, UveMessage) else {}),
    }


def sender(message: UveMessage) -> Callable[[], object]:
    """What a generator does for an update of all that is in a UVE: number, encode, merge into the cache, queue."""
    outbox, stamp = Outbox(SENDER, established=True), Stamp(1.0)

    def send() -> None:
        assert outbox.submit(message, stamp) is None
        while outbox.take():
            pass

    return send


def measure(work: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Seconds a call, the best of some rounds in which each task has its turn."""
    best: dict[str, float] = {}
    share_s = seconds / len(work) / ROUNDS
    for _ in range(ROUNDS):
        for name, task in work.items():
            calls, started = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - started) < share_s:
                task()
                calls += 1
            best[name] = min(best.get(name, elapsed), elapsed / max(1, calls))
    return best


def main(arguments: list[str]) -> None:
    """Print the table."""
    seconds = float(arguments[0]) if arguments else 3.0
    print(f"{'':8}{'task':20}{'bytes':>9}{'messages/s':>12}{'MB/s':>8}{'of fromstring':>15}")
    for size, message in MESSAGES.items():
        length, work = tasks(message)
        best = measure(work, seconds)
        for name, each_s in best.items():
            ratio = best["fromstring"] / each_s
            print(f"{size:8}{name:20}{length:9}{1 / each_s:12.0f}{length / each_s / 1e6:8.1f}{ratio:15.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
