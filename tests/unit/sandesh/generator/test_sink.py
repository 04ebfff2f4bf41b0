import json
import socket
from pathlib import Path

import pytest

from satark.sandesh.generator.sink import StatisticsSink
from tests.unit.sandesh.probe import ProbeUve, ProbeUveTrace

UVE = ProbeUveTrace(data=ProbeUve(name="vn1", total=3))


async def test_udp() -> None:
    """A change of state goes out as one datagram."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.settimeout(10)
        sink = StatisticsSink(f"127.0.0.1:{there.getsockname()[1]}")
        await sink.open()

        sink.send(UVE, 5)

        assert 5 == json.loads(there.recv(65_535))["TIMESTAMP"]
        assert (1, 0) == (sink.sent, sink.lost)
        sink.close()


async def test_unix(tmp_path: Path) -> None:
    """So it does to a unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(str(tmp_path / "s"))
        there.settimeout(10)
        sink = StatisticsSink(str(tmp_path / "s"))
        await sink.open()

        sink.send(UVE, 5)

        assert b'"ProbeUveTrace"' in there.recv(65_535)
        sink.close()


async def test_nobody_listens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A sink that is not there costs its datagrams and nothing else."""
    sink = StatisticsSink(str(tmp_path / "none"))
    await sink.open()

    sink.send(UVE, 5)
    sink.close()

    assert (0, 1) == (sink.sent, sink.lost)
    assert "no statistics are sent" in caplog.text


async def test_too_long() -> None:
    """State that does not fit into a datagram is lost to the sink."""
    sink = StatisticsSink("127.0.0.1:9")
    await sink.open()

    sink.send(ProbeUveTrace(data=ProbeUve(name="x" * 70_000)), 5)

    assert (0, 1) == (sink.sent, sink.lost)
    sink.close()
