"""Apache Kafka's jar files: resolved once by Maven from deploy/kafka/pom.xml, kept in the user's cache folder."""

import functools
import hashlib
import re
import shutil
import subprocess
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.support.environment import REPOSITORY, cache_root, variable
from tests.support.reaper import locked

KAFKA_FOLDER = REPOSITORY / "deploy" / "kafka"
POM = KAFKA_FOLDER / "pom.xml"
LOG4J = KAFKA_FOLDER / "log4j2.properties"

LOWEST_JAVA = 17
"""Brokers from Kafka 4.0 on need it."""

FETCH_ATTEMPTS = 3
FETCH_PAUSE_S = 5.0
FETCH_TIMEOUT_S = 900.0


class KafkaFilesError(RuntimeError):
    """Kafka could not be resolved; the message holds the end of what Maven said."""


def kafka_version(pom: Path = POM) -> str:
    """Return the version of Kafka in the POM."""
    found = ET.parse(pom).getroot().findtext(".//{*}properties/{*}kafka.version")  # noqa: S314 - our own file
    if found is None:
        raise KafkaFilesError(f"{pom} has no property kafka.version")
    return found


def java() -> str | None:
    """Return the Java to use: the one of JAVA_HOME, else the first on the path."""
    home = variable("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def java_major(version_output: str) -> int:
    """Return the feature number in what `java -version` printed, 0 when there is none."""
    found = re.search(r'version "(?:1\.)?(\d+)', version_output)
    return int(found.group(1)) if found else 0


@functools.cache
def _java_says(command: str) -> str:
    said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False, timeout=60)
    return said.stderr + said.stdout


@functools.cache
def missing_requirement() -> str | None:
    """Return one line that says what to install to run Kafka, or None when all is there."""
    command = java()
    if command is None:
        return f"real Kafka needs Java {LOWEST_JAVA} or newer: install openjdk-{LOWEST_JAVA}-jre-headless (or set JAVA_HOME)"
    if (major := java_major(_java_says(command))) < LOWEST_JAVA:
        return f"real Kafka needs Java {LOWEST_JAVA} or newer, {command} is Java {major or 'of no known version'}: install openjdk-{LOWEST_JAVA}-jre-headless"
    if shutil.which("mvn") is None and not _complete(_folder(POM), POM):
        return "real Kafka is resolved by Maven: install maven (or fill the cache folder on another machine)"
    return None


def kafka_jars(pom: Path = POM) -> Path:
    """Return the folder with Kafka's jar files; the first call ever fetches them. Raises KafkaFilesError."""
    return jars(pom, _folder(pom))


def jars(pom: Path, folder: Path) -> Path:
    """Return where in a folder the jar files of a POM are; the first call ever fetches them.

    Safe to call from several processes at once. Raises KafkaFilesError.
    """
    if not _complete(folder, pom):
        with locked(folder.with_name(f"{folder.name}.lock")):
            if not _complete(folder, pom):
                _fetch(folder, pom)
    return folder / "lib"


def class_archive() -> Path:
    """Return where the archive of loaded classes for this Java belongs; it may not be there.

    With it a broker starts in half the time (Java's class data sharing); see tests.support.kafka_archive.
    """
    key = hashlib.sha256(_java_says(java() or "java").encode()).hexdigest()[:12]
    return _folder(POM) / f"classes-{key}.jsa"


def _folder(pom: Path) -> Path:
    return cache_root() / f"kafka-{kafka_version(pom)}"


def _mark(pom: Path) -> str:
    """A changed POM makes what was fetched for the old one incomplete."""
    return hashlib.sha256(pom.read_bytes()).hexdigest()


def _complete(folder: Path, pom: Path) -> bool:
    try:
        return (folder / "complete").read_text() == _mark(pom)
    except OSError:
        return False


def _fetch(folder: Path, pom: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    arriving = folder / "arriving"
    arriving.mkdir(parents=True)
    said = ""
    for attempt in range(FETCH_ATTEMPTS):
        if attempt:
            threading.Event().wait(FETCH_PAUSE_S)
        status, said = _maven(pom, arriving, again=attempt > 0)
        if status == 0:
            arriving.rename(folder / "lib")
            (folder / "complete").write_text(_mark(pom))
            return
    raise KafkaFilesError(f"Maven could not resolve {pom} in {FETCH_ATTEMPTS} attempts:\n{said[-2000:]}")


def _maven(pom: Path, target: Path, *, again: bool) -> tuple[int, str]:
    """Copy the jars; `again` asks for what Maven remembers as not found."""
    command = ["mvn", "-B", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={target}"]
    try:
        ran = subprocess.run(
            [*command, *(["-U"] if again else [])], capture_output=True, text=True, check=False, timeout=FETCH_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        return 1, f"no end within {FETCH_TIMEOUT_S:g} s"
    return ran.returncode, ran.stdout + ran.stderr
