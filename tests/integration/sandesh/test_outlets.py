import asyncio
import socket
from pathlib import Path
from typing import Any

from satark.sandesh.generator import LocalLog
from satark.sandesh.generator.link import Dialling, Link
from satark.sandesh.generator.parameters import LoggingParams
from satark.sandesh.session.events import Start, Stop
from tests.integration.sandesh.pair import Notes, collector, generator, log, uve
from tests.support.waiting import eventually


async def test_sink_and_log(tmp_path: Path) -> None:
    """Changes of state go to the statistics sink too, with a session and without; local logs go to their file."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        sink.settimeout(10)
        where = f"127.0.0.1:{sink.getsockname()[1]}"
        async with generator(stats_collector=where, local_log=LocalLog(file=tmp_path / "log")) as here:
            here.outbox.logging = LoggingParams(enable=True)
            here.send(uve("vn1", 5))
            here.send(log(1, "hello"))

            told = b""
            while b"ProbeUveTrace" not in told:
                told = sink.recv(65_535)
            assert b'"total":{"TYPE":"i32","ANNOTATION":{"aggtype":"sum"},"VAL":5}' in told
    assert "ProbeSystemLog:" in (tmp_path / "log").read_text()


async def test_mark() -> None:
    """What a collector is sent carries the code point."""
    async with collector(Notes()) as there:
        link = Link((there.address,), lambda _: None, Dialling(dscp=46), classes={})
        link.happen(Start())
        writer: Any = await eventually(lambda: link.writer)

        assert 46 << 2 == writer.get_extra_info("socket").getsockopt(socket.IPPROTO_IP, socket.IP_TOS)
        link.happen(Stop())
        await link.closed()
        await asyncio.sleep(0)
