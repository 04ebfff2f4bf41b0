"""What the contenders need besides this repository's own environment: built once, kept in the user's cache folder."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.environment import cache_root
from tests.support.kafka_files import java
from tests.support.reaper import locked

STREAMS = Path(__file__).parent / "kafka_streams"
QUIX = Path("bench") / "quix"
BUILD_TIMEOUT_S = 900.0


class MissingToolError(RuntimeError):
    """A contender cannot run here; the message says what to install."""


def quix_python() -> str:
    """Return the Python with Quix Streams.

    Its client for Kafka is older than the one Satark is tested with, so it has an environment of its own.
    Raises MissingToolError.
    """
    python = cache_root() / QUIX / "bin" / "python"
    if not python.exists():
        raise MissingToolError("Quix Streams is not installed: make bench-install")
    return str(python)


def streams_command() -> Sequence[str]:
    """Return the command that runs the Kafka Streams contender; the first call builds it.

    Raises MissingToolError.
    """
    command = java()
    if command is None or shutil.which("mvn") is None:
        raise MissingToolError("Kafka Streams needs a JDK 17 or newer and Maven")
    folder = _streams_folder()
    if not (folder / "complete").exists():
        with locked(folder.with_name(f"{folder.name}.lock")):
            if not (folder / "complete").exists():
                _build(folder)
    return [command, "-XX:+UseSerialGC", "-Xmx1g", "-cp", f"{folder / 'classes'}:{folder / 'lib'}/*", "satark.SeedRule"]


def _streams_folder() -> Path:
    """A changed source makes what was built from the old one useless."""
    seal = hashlib.sha256()
    for file in sorted(STREAMS.rglob("*")):
        if file.is_file():
            seal.update(file.read_bytes())
    return cache_root() / "bench" / f"streams-{seal.hexdigest()[:12]}"


def _build(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = ["mvn", "-B", "-q", "-f", str(STREAMS / "pom.xml"), f"-Dbuild.folder={folder}"]
    goals = ["compile", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"]
    ran = subprocess.run([*command, *goals], capture_output=True, text=True, check=False, timeout=BUILD_TIMEOUT_S)  # noqa: S603 - Maven
    if ran.returncode != 0:
        raise MissingToolError(f"Maven could not build Kafka Streams:\n{(ran.stdout + ran.stderr)[-2000:]}")
    (folder / "complete").touch()


if __name__ == "__main__":
    print(quix_python(), streams_command()[-1])
