"""An archive of the classes that a broker loads, so that later brokers start in half the time.

Java's class data sharing: the first broker on a machine notes at its end what it had loaded, the others map that file.
"""

import tempfile
from pathlib import Path

from tests.support.kafka import KafkaCluster
from tests.support.kafka_files import class_archive, kafka_jars
from tests.support.reaper import locked
from tests.support.waiting import blocking


def ensure_class_archive() -> Path:
    """Return the archive, made by a short-lived broker when it is missing."""
    kafka_jars()
    archive = class_archive()
    if not archive.exists():
        with locked(archive.with_suffix(".lock")):
            if not archive.exists():
                blocking(_record(archive))
    return archive


async def _record(archive: Path) -> None:
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        arriving = Path(folder) / "classes.jsa"
        options = [f"-XX:ArchiveClassesAtExit={arriving}"]
        async with KafkaCluster(Path(folder) / "kafka", java_options=options) as kafka:
            await kafka.endpoint().create_topics(["recorded"])
            await kafka.stop()
        arriving.rename(archive)
