"""One node of Kafka as a process."""

import asyncio
import hashlib
import subprocess
from pathlib import Path

from tests.support.environment import child_environment
from tests.support.kafka_config import NodeConfig, format_arguments, java_command, server_properties
from tests.support.kafka_files import LOG4J, class_archive, java, kafka_jars
from tests.support.kafka_prepared import prepare
from tests.support.owned import Owned, run_owned
from tests.support.reaper import Leash

FORMAT_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0
LOG_TAIL_CHARS = 4_000
PORT_TAKEN = ("Address already in use", "BindException", "Failed to bind")


def first_snapshot() -> Path:
    """Return where the snapshot of a prepared data folder belongs; it may not be there."""
    told = "\0".join(format_arguments(Path("properties"), "cluster"))
    return class_archive().with_name(f"prepared-{hashlib.sha256(told.encode()).hexdigest()[:12]}.checkpoint")


class KafkaStartError(RuntimeError):
    """The broker ended instead of starting; the message holds the end of its log."""


class PortTakenError(KafkaStartError):
    """Somebody else was faster with one of the ports."""


class KafkaNode:
    """A broker-and-controller process that can be launched again and again on its data."""

    def __init__(self, folder: Path, config: NodeConfig, leash: Leash | None = None) -> None:
        self.folder = folder
        self.config = config
        self.log_file = folder / "broker.log"
        self._leash = leash
        self._process: Owned | None = None

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int:
        """The process group of the running node."""
        if self._process is None:
            raise KafkaStartError(f"{self.folder.name} was never launched")
        return self._process.pid

    def _write_properties(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "server.properties"
        file.write_text(server_properties(self.config))
        return file

    def _command(self, *arguments: str) -> list[str]:
        jars, archive = kafka_jars(), class_archive()
        shared = (f"-XX:SharedArchiveFile={archive}",) if archive.exists() else ()
        options = self.config.java_options or shared
        return java_command(java() or "java", jars, LOG4J, self.log_file, *arguments, options=options)

    async def format(self, cluster_id: str) -> None:
        """Prepare the data folder.

        Raises KafkaStartError.
        """
        if (snapshot := first_snapshot()).exists():
            prepare(self.config.data, snapshot, cluster_id=cluster_id, node_id=self.config.node_id)
            return
        command = self._command(*format_arguments(self._write_properties(), cluster_id))
        ran = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, timeout=FORMAT_TIMEOUT_S
        )
        if ran.returncode != 0:
            raise KafkaStartError(f"cannot prepare {self.config.data}: {ran.stdout}{ran.stderr}")

    def launch(self) -> None:
        """Start the process, without waiting for it to be ready."""
        command = [*self.config.within, *self._command("kafka.Kafka", str(self._write_properties()))]
        self._process = run_owned(command, self.folder / "broker.out", child_environment({}), leash=self._leash)

    def check(self) -> None:
        """Raise PortTakenError or KafkaStartError when the process has ended."""
        if self.running:
            return
        tail = self.log_tail()
        kind = PortTakenError if any(text in tail for text in PORT_TAKEN) else KafkaStartError
        raise kind(f"{self.folder.name} ended:\n{tail}")

    def log_tail(self) -> str:
        """Return the end of what the node logged and printed."""
        texts = [
            file.read_text(errors="replace")[-LOG_TAIL_CHARS:]
            for file in (self.log_file, self.folder / "broker.out")
            if file.exists()
        ]
        return "\n".join(texts)

    async def stop(self) -> None:
        """End the process in an orderly way, by force when that takes too long."""
        if self._process is not None:
            await self._process.terminate(STOP_TIMEOUT_S)

    async def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            await self._process.kill()
