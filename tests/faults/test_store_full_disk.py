"""A disk that is full: nothing is lost, the process says so, and goes on by itself when there is room."""

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from satark.schemas import examples
from satark.schemas.messages import Message
from tests.faults.recovery import Clock
from tests.integration.analytics.keeping import NOW, asked, inserted, metric, publish, started, topics_on
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.faults]

DISK_MB, BALLAST_MB = 120, 108


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, which only some machines let us have."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def large(number: int) -> Message:
    """Return a message of a megabyte that hardly can be compressed."""
    body = secrets.token_urlsafe(600_000)
    return msgspec.structs.replace(examples.message(), id=f"m{number}", time=NOW, body=body)


class TestFullDisk:
    async def test_what_does_not_fit_is_inserted_when_there_is_room(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, small_disk: Path, recovery: Clock
    ) -> None:
        """While the disk is full the process is not ready and says why; with room again, every message is there once."""
        settings = await topics_on(own_kafka)
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(BALLAST_MB * 1_000_000))
        few = {"SATARK_ANALYTICS_BATCH_BYTES": "3000000"}
        process = started(satark, own_kafka, f"chdb://{small_disk}/store", **few)
        for first in range(0, 48, 8):
            await publish(settings, [large(number) for number in range(first, first + 8)])
        failed = await process.event("store_failed", reason="disk_full")
        ready = await metric(process, "satark_ready", condition="store")
        with recovery("all that waited is inserted"):
            ballast.unlink()
            await inserted(process, "messages", 48)
        await process.terminate()

        assert (failed["level"], ready) == ("error", 0)
        assert asked(small_disk / "store", "SELECT count(), uniqExact(id) FROM messages") == [[48, 48]]
