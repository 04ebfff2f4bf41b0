import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import kafka_files
from tests.support.kafka_files import KafkaFilesError, java_major, kafka_jars, kafka_version, missing_requirement

POM_TEXT = (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><properties><kafka.version>9.9.9</kafka.version></properties>'
    "</project>"
)
MAVEN = """#!/bin/sh
echo "$@" >> "{calls}"
for word in "$@"; do case "$word" in -DoutputDirectory=*) touch "${{word#*=}}/kafka.jar";; esac; done
echo "no such artifact" >&2
test $(wc -l < "{calls}") -ge {good_from}
"""
JAVA = """#!/bin/sh
echo 'openjdk version "{version}"' >&2
"""


def program(folder: Path, name: str, text: str) -> None:
    """Write a program that stands in for one of the machine's."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(stat.S_IRWXU)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with an empty cache whose programs are those in `bin`; returns its folder."""
    monkeypatch.setenv("SATARK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(kafka_files, "FETCH_PAUSE_S", 0.0)
    (tmp_path / "pom.xml").write_text(POM_TEXT)
    missing_requirement.cache_clear()
    yield tmp_path
    # What was found out about this machine must not skip the Kafka tests of the real one.
    missing_requirement.cache_clear()


def with_maven(machine: Path, *, good_from: int) -> Path:
    """Install a Maven that fails before the given call; return the file with its calls."""
    calls = machine / "calls"
    program(machine / "bin", "mvn", MAVEN.format(calls=calls, good_from=good_from))
    return calls


class TestKafkaVersion:
    def test_reads_the_real_pom(self) -> None:
        """The POM of the repository names a version from 4 on."""
        assert int(kafka_version().split(".")[0]) >= 4

    def test_needs_the_property(self, tmp_path: Path) -> None:
        """A POM without the property is named in the error."""
        (tmp_path / "pom.xml").write_text("<project/>")

        with pytest.raises(KafkaFilesError, match=r"pom\.xml has no property kafka\.version"):
            kafka_version(tmp_path / "pom.xml")


class TestKafkaJars:
    def test_fetches_once(self, machine: Path) -> None:
        """The second call finds what the first has fetched."""
        calls = with_maven(machine, good_from=1)

        found = [kafka_jars(machine / "pom.xml") for _ in range(2)]

        assert found == [machine / "cache" / "kafka-9.9.9" / "lib"] * 2
        assert ((found[0] / "kafka.jar").exists(), len(calls.read_text().splitlines())) == (True, 1)

    def test_fetches_once_for_many(self, machine: Path) -> None:
        """Callers at the same time wait for the one that fetches."""
        calls = with_maven(machine, good_from=1)
        threads = [threading.Thread(target=kafka_jars, args=(machine / "pom.xml",)) for _ in range(4)]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(calls.read_text().splitlines()) == 1

    def test_fetches_again_for_another_pom(self, machine: Path) -> None:
        """A changed POM makes the cache stale."""
        calls = with_maven(machine, good_from=1)
        kafka_jars(machine / "pom.xml")
        (machine / "pom.xml").write_text(POM_TEXT + "\n")

        kafka_jars(machine / "pom.xml")

        assert len(calls.read_text().splitlines()) == 2

    def test_tries_again(self, machine: Path) -> None:
        """After a failure Maven is asked again, and told to forget what it did not find."""
        calls = with_maven(machine, good_from=2)

        kafka_jars(machine / "pom.xml")

        assert ["-U" in line for line in calls.read_text().splitlines()] == [False, True]

    def test_gives_up_with_what_maven_said(self, machine: Path) -> None:
        """After three failures the error holds Maven's words, and the cache is not taken for complete."""
        with_maven(machine, good_from=99)

        with pytest.raises(KafkaFilesError, match="in 3 attempts:\nno such artifact"):
            kafka_jars(machine / "pom.xml")
        assert not (machine / "cache" / "kafka-9.9.9" / "complete").exists()


class TestMissingRequirement:
    def test_old_java(self, machine: Path) -> None:
        """A Java that is too old is named together with what to install."""
        program(machine / "bin", "java", JAVA.format(version="11.0.2"))

        assert "is Java 11: install openjdk-17-jre-headless" in (missing_requirement() or "")

    def test_no_java(self, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Java the line says what to install."""
        monkeypatch.setenv("JAVA_HOME", str(machine / "nowhere"))

        assert "install openjdk-17-jre-headless" in (missing_requirement() or "")

    def test_no_maven(self, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Maven and with an empty cache the line says to install Maven."""
        program(machine / "bin", "java", JAVA.format(version="17.0.1"))
        monkeypatch.setenv("PATH", str(machine / "bin"))

        assert "install maven" in (missing_requirement() or "")

    def test_all_there(self, machine: Path) -> None:
        """With Java and Maven nothing is missing."""
        program(machine / "bin", "java", JAVA.format(version="21"))
        with_maven(machine, good_from=1)

        assert missing_requirement() is None


class TestJavaMajor:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ('openjdk version "17.0.15" 2025-04-15', 17),
            ('java version "1.8.0_402"', 8),
            ('openjdk version "25" 2025-09-16', 25),
            ("command not understood", 0),
        ],
    )
    def test_reads_every_era(self, said: str, expected: int) -> None:
        """Old and new version schemes both give the feature number."""
        assert java_major(said) == expected
