"""What the first broker on a machine leaves behind, so that later ones start in a third of the time.

Java's class data sharing: it notes at its end which classes it had loaded, the others map that file. And the snapshot
that preparing its data folder made: it says nothing of that one broker, and preparing takes a Java program of its own.
"""

import shutil
import tempfile
from pathlib import Path

from tests.support.kafka import KafkaCluster
from tests.support.kafka_files import class_archive, kafka_jars
from tests.support.kafka_node import first_snapshot
from tests.support.kafka_prepared import SNAPSHOT
from tests.support.reaper import locked
from tests.support.waiting import blocking


def ensure_archives() -> None:
    """Make what is missing of both, with a short-lived broker."""
    kafka_jars()
    if not _complete():
        with locked(class_archive().with_suffix(".lock")):
            if not _complete():
                blocking(_record(class_archive(), first_snapshot()))


def _complete() -> bool:
    return class_archive().exists() and first_snapshot().exists()


async def _record(archive: Path, snapshot: Path) -> None:
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        arriving = Path(folder) / "classes.jsa"
        options = [f"-XX:ArchiveClassesAtExit={arriving}"]
        async with KafkaCluster(Path(folder) / "kafka", java_options=options) as kafka:
            await kafka.endpoint().create_topics(["recorded"])
            await kafka.stop()
            shutil.copy(kafka.nodes[1].config.data / SNAPSHOT, Path(folder) / SNAPSHOT)
        arriving.rename(archive)
        (Path(folder) / SNAPSHOT).rename(snapshot)
