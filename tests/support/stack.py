"""The stack of docker-compose.yml in an engine: started, looked at, scaled, restarted and removed."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.engine import Engine, compose_command
from tests.support.environment import REPOSITORY
from tests.support.ports import free_port
from tests.support.waiting import blocking, eventually

PROJECT = "satark-test"
PROFILE = "demo"
FILE = "docker-compose.yml"
JOBS = frozenset({"topics", "rights"})
"""Services that end when their work is done."""
LOOK_PAUSE_S = 1.0
TAIL_LINES = "60"


@dataclass(frozen=True, slots=True)
class Container:
    """A container of the stack, as the engine sees it: `health` is empty where nothing watches it."""

    name: str
    service: str
    status: str
    health: str
    exit_code: int
    started: str
    restarts: int

    @property
    def well(self) -> bool:
        """True while it runs and is not ill, and of a job that has ended as it should."""
        if self.status == "exited":
            return self.service in JOBS and self.exit_code == 0
        return self.status == "running" and self.health in {"", "healthy"}


class Stack:
    """The demo of docker-compose.yml under a name and ports of its own."""

    def __init__(
        self,
        engine: Engine,
        images: Mapping[str, str],
        folder: Path,
        *,
        more_files: Sequence[str] = (),
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.engine = engine
        self._files = [option for file in (FILE, *more_files) for option in ("--file", str(REPOSITORY / file))]
        self.mails_port = free_port()
        self.analytics_port = free_port()
        gateway = free_port()
        self._compose = compose_command() or ["docker-compose"]
        self._settings = folder / ".env"
        settings = {
            **images,
            "CATCH_MAIL_PORT": str(self.mails_port),
            "ANALYTICS_PORT": str(self.analytics_port),
            "GATEWAY_PORTS": f"{gateway}-{gateway + 1}",
            **(more or {}),
        }
        self.set(settings)

    def set(self, settings: Mapping[str, str]) -> None:
        """Add to the file `.env` of the stack; `start` begins anew what has other settings by that."""
        with self._settings.open("a") as file:
            file.writelines(f"{name}={text}\n" for name, text in settings.items())

    def compose(self, *arguments: str, profile: str = PROFILE, timeout_s: float = 600) -> str:
        """Run a command of Docker Compose on the stack; return what it printed."""
        command = [
            *self._compose,
            *self._files,
            "--env-file",
            str(self._settings),
            "--project-name",
            PROJECT,
            "--profile",
            profile,
            *arguments,
        ]
        return self.engine.run(*command, timeout_s=timeout_s)

    def start(self, **scale: int) -> None:
        """Start what does not run yet, with so many containers of each service that is named."""
        counts = [part for name, count in scale.items() for part in ("--scale", f"{name}={count}")]
        self.compose("up", "--detach", "--no-build", *counts)

    def containers(self, service: str = "") -> list[Container]:
        """Return the stack's containers, or those of one service, by name."""
        wanted = ["--filter", f"label=com.docker.compose.project={PROJECT}"]
        wanted += ["--filter", f"label=com.docker.compose.service={service}"] if service else []
        names = self.engine.run("docker", "ps", "--all", "--quiet", *wanted).split()
        found = json.loads(self.engine.run("docker", "inspect", *names)) if names else []
        return sorted((container_of(each) for each in found), key=lambda each: each.name)

    def healthy(self, *, timeout_s: float) -> list[Container]:
        """Wait until every container is well; return them."""

        def ill() -> list[str]:
            return [f"{each.name}: {each.status} {each.health}" for each in self.containers() if not each.well]

        self.until(lambda: not ill(), timeout_s, "every container being well")
        return self.containers()

    def ready(self, *, timeout_s: float) -> None:
        """Wait until every service of ours says that it is ready for work."""
        ours = [each for each in self.containers() if each.health and each.service != "kafka"]
        for container in ours:
            self.until(lambda each=container: self._says_ready(each), timeout_s, f"{container.name} being ready")

    def _says_ready(self, container: Container) -> bool:
        try:
            self.inside(container, "satark", "healthcheck", "--ready")
        except subprocess.CalledProcessError:
            return False
        return True

    def inside(self, container: Container, *command: str) -> str:
        """Run a command in a container; return what it printed."""
        return self.engine.run("docker", "exec", container.name, *command)

    def mails(self) -> list[dict[str, Any]]:
        """Return what the catcher has caught, as its API tells it; none while it does not answer."""
        try:
            found: list[dict[str, Any]] = json.loads(self.engine.get(f"http://127.0.0.1:{self.mails_port}/api/mails"))
        except subprocess.CalledProcessError:
            return []
        return found

    def raw_mail(self, identity: str) -> bytes:
        """Return a caught mail as it was sent."""
        return self.engine.get(f"http://127.0.0.1:{self.mails_port}/mails/{identity}/raw")

    def log(self, container: Container, *options: str) -> str:
        """Return what a container has written."""
        return subprocess.run(
            ["docker", "logs", *options, container.name],
            env=self.engine.whole_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        ).stdout

    @staticmethod
    def until(predicate: Any, timeout_s: float, what: str) -> Any:
        """Wait for something to become true; return it."""
        return blocking(eventually(predicate, timeout_s, what=what, pause_s=LOOK_PAUSE_S))

    def remove(self) -> None:
        """Remove the containers, networks and volumes."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "40")

    def tail(self) -> str:
        """Return how every container is, and the end of the log of each that is not well; of all when all are."""
        containers = self.containers()
        ill = [each for each in containers if not each.well] or containers
        said = [f"{each.name}: {each.status} {each.health} restarts={each.restarts}" for each in containers]
        for each in ill:
            said += [f"--- {each.name}", self.log(each, "--tail", TAIL_LINES)]
        return "\n".join(said)


def container_of(told: Mapping[str, Any]) -> Container:
    """Return a container from what `docker inspect` tells of it."""
    state = told["State"]
    return Container(
        name=told["Name"].lstrip("/"),
        service=told["Config"]["Labels"]["com.docker.compose.service"],
        status=state["Status"],
        health=state.get("Health", {}).get("Status", "").replace("none", ""),
        exit_code=state["ExitCode"],
        started=state["StartedAt"],
        restarts=told["RestartCount"],
    )
