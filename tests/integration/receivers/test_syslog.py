"""The syslog receiver on real sockets: UDP and TCP, limits, back-pressure, and books that balance."""

import asyncio
import os
import resource
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from satark.sandesh_gateway.receivers.deliveries import Delivery, Heard
from satark.sandesh_gateway.receivers.protocol import ReceiverCannotListenError
from satark.sandesh_gateway.receivers.syslog.receiver import SyslogReceiver
from satark.sandesh_gateway.receivers.syslog.settings import SyslogSettings
from satark.schemas.messages import Message
from tests.integration.receivers.running import HERE, ended, growing, running, total
from tests.support.waiting import eventually


class TestUdp:
    async def test_a_datagram_is_a_line(self) -> None:
        """What is sent by UDP is delivered, in both forms; what is no syslog is a dead letter with its bytes."""
        async with running(syslog_udp_listen=HERE) as run:
            run.datagram(b"<13>Nov 21 10:00:00 gw app: old\n", b"<13>1 - gw app - - - new", b"\x16\x03\x01")

            await eventually(lambda: len(run.kafka.deliveries) == 3)
            assert run.kafka.texts == ["old", "new"]
            assert run.kafka.dead == [(b"\x16\x03\x01", "not_syslog")]

    async def test_too_long(self) -> None:
        """Of a datagram above the limit the head is kept."""
        async with running(syslog_udp_listen=HERE, syslog_max_line_bytes=480) as run:
            run.datagram(b"<13>" + b"x" * 2_000)

            await eventually(lambda: run.kafka.dead)
            assert run.kafka.dead == [(b"<13>" + b"x" * 476, "too_long")]

    async def test_denied(self) -> None:
        """A sender that is not on the list is counted and nothing else."""
        denied = growing("satark_gateway_lines_dropped_total", transport="udp", cause="denied")
        async with running(syslog_udp_listen=HERE, syslog_allow=("192.0.2.0/24",)) as run:
            run.datagram(b"<13>x")

            await eventually(denied)
            assert run.kafka.asked == 0

    async def test_kafka_is_away(self) -> None:
        """What waits is bounded; the rest is dropped and counted, and what waited is delivered when Kafka is back."""
        full = growing("satark_gateway_lines_dropped_total", transport="udp", cause="queue_full")
        async with running(
            taking=False, syslog_udp_listen=HERE, syslog_queue_bytes=65_536, syslog_burst=1_000_000
        ) as run:
            while not full():
                run.datagram(*(b"<13>" + b"x" * 400 for _ in range(20)))
                await asyncio.sleep(0)
            assert total("satark_gateway_receiver_waiting_bytes", receiver="syslog") <= 65_536

            run.kafka.open.set()
            await eventually(lambda: total("satark_gateway_receiver_waiting_bytes", receiver="syslog") == 0)
            run.datagram(b"<13>after")
            await eventually(lambda: "after" in run.kafka.texts)
            assert len(run.kafka.texts) >= 65_536 // (404 + 256)

    async def test_rate(self) -> None:
        """A peer that floods is held to its rate, and the rest is counted."""
        dropped = growing("satark_gateway_lines_dropped_total", transport="udp", cause="rate")
        async with running(syslog_udp_listen=HERE, syslog_rate_per_s=0.001, syslog_burst=5) as run:
            run.datagram(*(b"<13>%d" % number for number in range(10)))

            await eventually(dropped)
            await eventually(lambda: len(run.kafka.texts) == 5)


class TestTcp:
    async def test_both_framings(self) -> None:
        """Connections that count octets and connections that end lines are both understood."""
        async with running(syslog_tcp_listen=HERE) as run:
            for raw in (b"6 <13>a\n7 <13>bcd", b"<13>e\r\n<13>f\0<13>g"):
                writer = await run.connect()
                writer.write(raw)
                writer.close()
                await writer.wait_closed()

            await eventually(lambda: len(run.kafka.texts) == 5)
            assert sorted(run.kafka.texts) == ["a", "bcd", "e", "f", "g"]

    async def test_back_pressure(self) -> None:
        """While Kafka is away a connection is not read: the sender waits, and nothing is lost."""
        count = 20_000
        async with running(taking=False, syslog_tcp_listen=HERE, syslog_rate_per_s=0) as run:
            writer = await run.connect()
            writer.transport.set_write_buffer_limits(high=65_536)
            sending = asyncio.create_task(send(writer, (b"<13>%06d " % n + b"x" * 1_000 + b"\n" for n in range(count))))
            await eventually(lambda: run.kafka.asked > 0)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(sending), 0.5)
            assert run.kafka.asked < 200

            run.kafka.open.set()
            await asyncio.wait_for(sending, 60)
            await eventually(lambda: len(run.kafka.texts) == count, 60)
            assert [int(text[:6]) for text in run.kafka.texts] == list(range(count))

    async def test_denied(self) -> None:
        """A peer that is not on the list is closed at once."""
        denied = growing("satark_gateway_receiver_connections_refused_total", transport="tcp", cause="denied")
        async with running(syslog_tcp_listen=HERE, syslog_allow=("192.0.2.0/24",)) as run:
            reader, writer = await asyncio.open_connection(*run.address("tcp"))

            assert await ended(reader)
            assert denied()
            writer.close()

    async def test_too_many_connections(self) -> None:
        """A peer has so many connections and no more; one that ends makes room."""
        async with running(syslog_tcp_listen=HERE, syslog_max_connections_per_peer=2) as run:
            first, second = await run.connect(), await run.connect()
            reader, third = await asyncio.open_connection(*run.address("tcp"))
            assert await ended(reader)

            first.close()
            await eventually(lambda: total("satark_gateway_receiver_connections", transport="tcp") == 1)
            fourth = await run.connect()
            fourth.write(b"<13>room\n")
            await eventually(lambda: run.kafka.texts == ["room"])
            for writer in (second, third, fourth):
                writer.close()

    @pytest.mark.parametrize(
        ("raw", "cause"), [(b"", "idle"), (b"<13>never end", "slow_line"), (b"99 <13>x", "slow_line")]
    )
    async def test_slow_peers(self, raw: bytes, cause: str) -> None:
        """A peer that says nothing, or begins a line and does not end it, is closed; its part of a line is kept."""
        closed = growing("satark_gateway_receiver_connections_closed_total", cause=cause)
        async with running(syslog_tcp_listen=HERE, syslog_idle_timeout_s=0.2, syslog_line_timeout_s=0.2) as run:
            reader, writer = await asyncio.open_connection(*run.address("tcp"))
            writer.write(raw)

            assert await ended(reader)
            await eventually(closed)
            assert run.kafka.dead == ([(raw, "cut_short")] if raw else [])
            writer.close()

    async def test_no_descriptors(self) -> None:
        """A process that has no descriptors left waits for some, and takes the connection then."""
        failed = growing("satark_gateway_receiver_connections_refused_total", transport="tcp", cause="cannot_accept")
        async with running(syslog_tcp_listen=HERE) as run:
            with socket.socket() as sender:
                sender.setblocking(False)
                with no_more_descriptors():
                    await asyncio.get_running_loop().sock_connect(sender, run.address("tcp"))
                    await eventually(failed)
                sender.sendall(b"<13>at last\n")

                await eventually(lambda: run.kafka.texts == ["at last"])

    async def test_a_peer_that_breaks_off(self) -> None:
        """A connection that is reset leaves the whole lines, and its part of one is told as cut short."""
        closed = growing("satark_gateway_receiver_connections_closed_total", cause="reset")
        async with running(syslog_tcp_listen=HERE) as run:
            writer = await run.connect()
            writer.write(b"<13>whole\n<13>ha")
            await eventually(lambda: run.kafka.texts == ["whole"])
            linger = struct.pack("ii", 1, 0)  # close by reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

            await eventually(closed)
            assert run.kafka.dead == [(b"<13>ha", "cut_short")]

    async def test_lost_step(self) -> None:
        """A connection whose counts are wrong is closed; others are not disturbed."""
        async with running(syslog_tcp_listen=HERE) as run:
            other = await run.connect()
            reader, writer = await asyncio.open_connection(*run.address("tcp"))
            writer.write(b"5 <13>axxxx")

            assert await ended(reader)
            other.write(b"<13>fine\n")
            await eventually(lambda: run.kafka.texts == ["a", "fine"])
            assert run.kafka.dead == [(b"xxxx", "lost_step")]
            for each in (writer, other):
                each.close()

    async def test_stop(self) -> None:
        """At the end what was read is delivered, the part of a line is told as such, and all is closed."""
        async with running(syslog_tcp_listen=HERE) as run:
            reader, writer = await asyncio.open_connection(*run.address("tcp"))
            writer.write(b"<13>whole\n<13>half a li")
            await eventually(lambda: run.kafka.texts == ["whole"])

            await run.finish()
            assert run.kafka.dead == [(b"<13>half a li", "cut_short")]
            assert await ended(reader)
            assert run.receiver.addresses == {}
            assert total("satark_gateway_receiver_connections", transport="tcp") == 0
            writer.close()


class TestListening:
    @pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
    async def test_ipv6(self) -> None:
        """Addresses of either family are listened on, and allowed."""
        async with running(syslog_tcp_listen=("[::1]:0", "127.0.0.1:0")) as run:
            for host, port in run.receiver.addresses["tcp"]:
                _, writer = await asyncio.open_connection(host, port)
                writer.write(f"<13>{host}\n".encode())
                writer.close()
                await eventually(partial(run.kafka.has, host))

            events = [each.event for each in run.kafka.deliveries if isinstance(each, Heard)]
            assert [event.entity for event in events if isinstance(event, Message)] == [
                "syslog/::1",
                "syslog/127.0.0.1",
            ]

    async def test_shared_ports(self) -> None:
        """Two processes may share a port where both say so."""
        async with running(syslog_tcp_listen=HERE, syslog_reuse_port=True) as run:
            place = f"127.0.0.1:{run.address('tcp')[1]}"
            async with running(syslog_tcp_listen=(place,), syslog_reuse_port=True) as other:
                assert other.address("tcp") == run.address("tcp")

    async def test_taken_ports(self) -> None:
        """A port that another has is the operator's business, in one line."""
        async with running(syslog_tcp_listen=HERE) as run:
            place = f"127.0.0.1:{run.address('tcp')[1]}"
            other = SyslogReceiver(SyslogSettings(syslog_tcp_listen=(place,)))

            with pytest.raises(ReceiverCannotListenError, match=f"cannot listen on {place}"):
                await other.run(run.kafka.deliver, asyncio.Event())

    async def test_a_broken_gateway_is_told(self) -> None:
        """What `deliver` raises ends the receiver: a line that was read must not be lost in silence."""

        async def broken(_: Sequence[Delivery]) -> None:
            raise RuntimeError("a defect")

        receiver = SyslogReceiver(SyslogSettings(syslog_tcp_listen=HERE, syslog_udp_listen=HERE))
        task = asyncio.create_task(receiver.run(broken, asyncio.Event()))
        await eventually(lambda: receiver.addresses)
        _, writer = await asyncio.open_connection(*receiver.addresses["tcp"][0])
        writer.write(b"<13>x\n")

        with pytest.RaisesGroup(RuntimeError, flatten_subgroups=True):
            await asyncio.wait_for(task, 10)
        writer.close()


@contextmanager
def no_more_descriptors() -> Iterator[None]:
    """Let this process open nothing more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


async def send(writer: asyncio.StreamWriter, lines: Any) -> None:
    """Write lines as fast as the other side reads, then close."""
    for line in lines:
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
