"""`satark up` as a process under test: what it shows, and the processes it has."""

from collections.abc import Iterator
from pathlib import Path

from tests.support.processes import SatarkProcess

RUNNING = "Ctrl-C stops everything."


def shown(up: SatarkProcess) -> str:
    """Return what the screen shows so far."""
    return up.log_file.read_text()


async def shows(up: SatarkProcess, text: str, timeout_s: float = 60.0) -> None:
    """Wait until the screen shows a text."""
    await up.until(lambda: text in shown(up), timeout_s, what=f"{text!r} on the screen")


def mentioning(folder: Path) -> dict[int, str]:
    """Return the command lines, by process id, of the processes that have the folder in their environment or command."""
    word = str(folder).encode()
    found = {}
    for process in _processes():
        try:
            command, environment = ((process / name).read_bytes() for name in ("cmdline", "environ"))
        except OSError:
            continue  # it ended while we looked, or is not ours
        if b"satark.standalone" in command and (word in command or word in environment):
            found[int(process.name)] = command.replace(b"\0", b" ").decode()
    return found


def child(folder: Path, name: str) -> int:
    """Return the process id of a child of `satark up` with this run folder."""
    return next(pid for pid, command in mentioning(folder).items() if name in command)


def _processes() -> Iterator[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit())
