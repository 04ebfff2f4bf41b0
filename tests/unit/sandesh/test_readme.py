"""The README's five snippets, run as they stand: define, compile, receive, send, introspect."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

README = Path(__file__).parents[3] / "libs" / "sandesh" / "README.md"
BLOCK = re.compile(r"^```(thrift|console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMES = ("routers.sandesh", "compile", "receive.py", "send.py", "introspect.py")
PATIENCE_S = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the README's files, on ports of the test's own."""
    blocks = [text for _, text in BLOCK.findall(README.read_text())]
    ports = {"8086": str(free_port()), "8094": str(free_port())}
    for name, text in zip(NAMES, blocks, strict=True):
        here = re.sub("8086|8094", lambda found: ports[found[0]], text)
        (tmp_path / name).write_text(here)
    return tmp_path


async def _run(folder: Path, *command: str) -> str:
    """Run a command in the folder; return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode == 0, out.decode()
    return out.decode()


async def _compiled(folder: Path) -> None:
    command = (folder / "compile").read_text().strip().removeprefix("$ ").split()
    await _run(folder, str(Path(sys.executable).with_name(command[0])), *command[1:])


async def test_sent_and_received(folder: Path) -> None:
    """What the daemon sends is what the collector prints, typed."""
    await _compiled(folder)
    collector = await asyncio.create_subprocess_exec(
        sys.executable, "receive.py", cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert collector.stdout is not None
    try:
        await _run(folder, sys.executable, "send.py")
        lines = {(await asyncio.wait_for(collector.stdout.readline(), PATIENCE_S)).decode().strip() for _ in range(2)}
    finally:
        collector.kill()
        await collector.communicate()

    state = "RouterState(name='edge-1', deleted=None, peers=3)"
    assert lines == {
        f"host-1:Compute:routerd:0 RouterUve(table='ObjectRouter', data={state})",
        "host-1:Compute:routerd:0 PeerChanged(peer='192.0.2.7', up=False, file=None, line=None)",
    }


async def test_introspect(folder: Path) -> None:
    """The request's answer is the documented XML."""
    await _compiled(folder)
    answer = await _run(folder, sys.executable, "introspect.py")

    assert "<element>edge-1-peer</element>" in answer
    assert answer.startswith("<?xml-stylesheet")
