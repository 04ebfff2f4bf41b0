"""A Docker engine for the tests: the machine's own where one answers, else one of ours that leaves nothing behind.

Ours lives in namespaces of its own (network, mounts, processes), so it changes no firewall rule, bridge or mount of the
machine, and whatever runs in it is gone with it. Its images stay in the user's cache folder, for the next run.
"""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

from tests.support.environment import child_environment, variable
from tests.support.owned import Owned, run_owned
from tests.support.waiting import NeverHappenedError, blocking, eventually

PROGRAMS = {
    "docker": "docker.io",
    "dockerd": "docker.io",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "iptables": "iptables",
    "mvn": "maven",
    "nsenter": "util-linux",
    "unshare": "util-linux",
}
"""What a run needs, and the Debian package that has it."""

COMPOSE_COMMAND = "SATARK_COMPOSE_COMMAND"
"""Names another Docker Compose than the one on the path."""

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
KEEP = "72h"
"""How long the layers of older builds are kept."""

FETCH = """
import sys, urllib.request as u
url, *headers = sys.argv[1:]
asked = u.Request(url, headers=dict(zip(headers[::2], headers[1::2])))
sys.stdout.buffer.write(u.urlopen(asked, timeout=20).read())
"""


class EngineError(RuntimeError):
    """No Docker engine runs here; the message says why."""


def compose_command() -> list[str] | None:
    """Return the command of Docker Compose: the one that is asked for, else the first or the second; None without any."""
    if asked := variable(COMPOSE_COMMAND):
        return shlex.split(asked)
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    found = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if found.returncode == 0 else None


def missing_tools() -> str | None:
    """Return one line that says what to install, None when all is there."""
    packages = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    if "docker.io" not in packages and compose_command() is None:
        packages.add("docker-compose")
    return f"apt-get install --no-install-recommends {' '.join(sorted(packages))}" if packages else None


class Engine:
    """A running engine, and the network in which its published ports are."""

    def __init__(self, environment: Mapping[str, str], owned: Owned | None = None, inside: Sequence[str] = ()) -> None:
        self.environment = dict(environment)
        self.ours = owned is not None
        self._owned = owned
        self._inside = tuple(inside)

    @classmethod
    def found(cls) -> Self | None:
        """Return the engine that the environment names and that answers."""
        return cls({}) if _answers({}) else None

    @classmethod
    def started(cls, folder: Path) -> Self:
        """Start an engine that keeps its images in a folder. Raises EngineError."""
        if os.geteuid() != 0:
            raise EngineError("an engine is started by root only")
        shutil.rmtree(folder / "run", ignore_errors=True)
        (folder / "run").mkdir(parents=True)
        log = folder / "run" / "dockerd.log"
        environment = {"DOCKER_HOST": f"unix://{folder}/run/docker.sock"}
        daemon = ["dockerd", "--bridge=none", "--storage-driver=overlay2", f"--host={environment['DOCKER_HOST']}"]
        daemon += [f"--data-root={folder}/data", f"--exec-root={folder}/run/exec", f"--pidfile={folder}/run/pid"]
        apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        owned = run_owned(
            [*apart, "sh", "-c", 'ip link set lo up && exec docker-init -- "$@"', "sh", *daemon],
            log,
            child_environment({}),
        )
        with contextlib.suppress(NeverHappenedError):
            blocking(eventually(lambda: not owned.running or _answers(environment), START_TIMEOUT_S, pause_s=0.2))
        if not _answers(environment):
            blocking(owned.kill())
            raise EngineError(f"no Docker engine starts here:\n{log.read_text(errors='replace')[-2000:]}")
        return cls(environment, owned, ("nsenter", f"--net=/proc/{_first(owned.pid)}/ns/net"))

    def run(self, *command: str, environment: Mapping[str, str] | None = None, timeout_s: float = 600) -> str:
        """Run a command against this engine; return what it printed.

        Raises subprocess.CalledProcessError, with what it printed among its notes.
        """
        ran = subprocess.run(
            command,
            env=self.whole_environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )
        if ran.returncode:
            error = subprocess.CalledProcessError(ran.returncode, command, ran.stdout, ran.stderr)
            error.add_note(f"{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}")
            raise error
        return ran.stdout

    def whole_environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a command that talks to this engine."""
        return child_environment({**self.environment, **(more or {})})

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
        """Ask a published port; raises subprocess.CalledProcessError where nobody answers or the answer is an error."""
        command = [*self._inside, sys.executable, "-c", FETCH, url, *chain(*(headers or {}).items())]
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout

    def stop(self) -> None:
        """Stop an engine of ours; another one goes on."""
        if self._owned is None:
            return
        self.run("docker", "image", "prune", "--force", "--filter", f"until={KEEP}")
        os.kill(_first(self._owned.pid), signal.SIGTERM)
        blocking(_ended(self._owned))


async def _ended(owned: Owned) -> None:
    try:
        await owned.ended(STOP_TIMEOUT_S)
    finally:
        await owned.kill()


def _first(parent: int) -> int:
    """Return the only child of a process: the first of its namespace of processes."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])


def _answers(environment: Mapping[str, str]) -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"],
        env=child_environment(environment),
        capture_output=True,
        check=False,
        timeout=30,
    )
    return asked.returncode == 0
