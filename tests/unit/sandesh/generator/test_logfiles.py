import logging
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from satark.sandesh.generator.logfiles import MESSAGES, LocalLog, LogWriter

LOG = logging.getLogger(MESSAGES)


def writer(**options: Any) -> LogWriter:
    """A writer that begins at once."""
    one = LogWriter(LocalLog(**options), host="host-1", program="probe")
    one.open()
    return one


def test_file(tmp_path: Path) -> None:
    """Lines have a time, the host, thread and process before what was logged; after the end nothing is written."""
    one = writer(file=tmp_path / "log")
    LOG.info("cat [SYS_INFO]: Probe: a = 1")
    one.close()
    LOG.info("later")

    (line,) = (tmp_path / "log").read_text().splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \S+ host-1 \[Thread \d+, Pid \d+\]: cat \[SYS_INFO\]: Probe: a = 1", line)


def test_rotation(tmp_path: Path) -> None:
    """A file that is large enough is put aside, and only so many are kept."""
    one = writer(file=tmp_path / "log", max_bytes=1_000, backups=2)
    for _ in range(100):
        LOG.info("x" * 50)
    one.close()

    assert ["log", "log.1", "log.2"] == sorted(each.name for each in tmp_path.iterdir())
    assert all(each.stat().st_size <= 1_000 for each in tmp_path.iterdir())


def test_level(tmp_path: Path) -> None:
    """What is less grave than the level is not written."""
    one = writer(file=tmp_path / "log", level=logging.WARNING)
    LOG.info("no")
    LOG.warning("yes")
    one.close()

    assert ["yes"] == re.findall(r": (\w+)$", (tmp_path / "log").read_text(), re.MULTILINE)


@pytest.mark.parametrize("kind", ["udp", "unix"])
def test_syslog(tmp_path: Path, kind: str) -> None:
    """The system's log gets the same line with its priority, over UDP or through a socket."""
    family = socket.AF_INET if kind == "udp" else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0) if kind == "udp" else str(tmp_path / "s"))
        there.settimeout(10)
        address = f"127.0.0.1:{there.getsockname()[1]}" if kind == "udp" else str(tmp_path / "s")
        one = writer(syslog=address, facility="local3")
        LOG.error("hello")
        told = there.recv(65_535)
        one.close()

    assert told.startswith(b"<155>probe: host-1 [Thread ")
    assert told.rstrip(b"\0").endswith(b": hello")


def test_nothing_configured() -> None:
    """Without a destination the program's own logging is all there is."""
    before = list(LOG.handlers)
    one = writer()

    assert before == LOG.handlers
    one.close()


def test_mistakes(tmp_path: Path) -> None:
    """A facility that does not exist, and a folder that does not, are told at the start."""
    with pytest.raises(ValueError, match="no facility of syslog: 'x'"):
        LocalLog(facility="x")
    with pytest.raises(OSError, match="No such file"):
        writer(file=tmp_path / "none" / "log")
