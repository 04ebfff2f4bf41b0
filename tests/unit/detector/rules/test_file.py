"""A file of rules that is changed while it is looked at."""

import os
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from satark.detector.rules import default_rulebook
from satark.detector.rules.file import RulesFile
from satark.runtime.documents.mistakes import WrongFileError

OLD_NS = 1_700_000_000_000_000_000


def text(name: str) -> str:
    """Return a file of one rule."""
    return f"version: 1\nrules: [{{name: {name}}}]\n"


def names(file: RulesFile) -> list[str]:
    """Return the names of the rules that count, without the built-in ones."""
    return [rule.name for rule in file.rulebook.rules if not rule.name.startswith("builtin/")]


def counted(outcome: str) -> float:
    """Return how often a change had the outcome."""
    return REGISTRY.get_sample_value("satark_detector_rules_reloads_total", {"outcome": outcome}) or 0.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file of rules."""
    made = tmp_path / "rules.yaml"
    made.write_text(text("a"))
    return made


class TestLoad:
    def test_good(self, path: Path) -> None:
        """A good file's rules count; making the object opens nothing."""
        file = RulesFile(path)
        assert file.rulebook is default_rulebook()

        assert file.load() is file.rulebook
        assert names(file) == ["a"]

    def test_wrong(self, path: Path) -> None:
        """A wrong file is told with every mistake."""
        path.write_text("version: 2\nx: 1\n")

        with pytest.raises(WrongFileError) as caught:
            RulesFile(path).load()
        assert len(caught.value.mistakes) == 2

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is told."""
        with pytest.raises(WrongFileError, match="cannot be read: No such file or directory"):
            RulesFile(tmp_path / "none.yaml").load()

    def test_none(self) -> None:
        """Without a file the built-in rules count."""
        file = RulesFile(None)

        assert file.load() is default_rulebook()
        assert file.poll() is None
        assert REGISTRY.get_sample_value("satark_detector_rules_current") == 1


class TestPoll:
    def test_changes(self, path: Path) -> None:
        """A change is told once, and counted."""
        file = RulesFile(path)
        file.load()
        before = counted("taken")
        path.write_text(text("b"))

        assert file.poll() is file.rulebook
        assert file.poll() is None
        assert names(file) == ["b"]
        assert counted("taken") == before + 1

    def test_mistakes(self, path: Path) -> None:
        """While the file is wrong the rules before it count; it is told once, until it is right again."""
        file = RulesFile(path)
        file.load()
        before = counted("refused")
        path.write_text("version: 2")

        assert [file.poll(), file.poll()] == [None, None]
        assert (names(file), len(file.mistakes), counted("refused")) == (["a"], 1, before + 1)
        assert REGISTRY.get_sample_value("satark_detector_rules_current") == 0

        path.write_text(text("c"))
        assert file.poll() is not None
        assert (names(file), file.mistakes) == (["c"], ())
        assert REGISTRY.get_sample_value("satark_detector_rules_current") == 1

    def test_doubtful(self, path: Path) -> None:
        """What is only doubtful is taken, and logged."""
        path.write_text("version: 1\nrules: [{name: a, metrics: {latncy_ms: off}}]\n")
        with capture_logs() as logs:
            RulesFile(path).load()

        assert ["rules_taken", "rules_doubtful"] == [one["event"] for one in logs]
        assert "did you mean latency_ms?" in logs[1]["hint"]

    def test_gone_and_back(self, path: Path) -> None:
        """A file that vanishes changes nothing but is told; the same file again is right again, and begins nothing anew."""
        file = RulesFile(path)
        rulebook = file.load()
        before = counted("unreadable")
        path.unlink()

        assert [file.poll(), file.poll()] == [None, None]
        assert (file.rulebook, len(file.mistakes), counted("unreadable")) == (rulebook, 1, before + 1)

        path.write_text(text("a"))
        assert file.poll() is None
        assert (file.rulebook, file.mistakes) == (rulebook, ())

    def test_same_size_and_time(self, path: Path) -> None:
        """A change right after the last one is seen, though the file is as large and as old."""
        file = RulesFile(path)
        file.load()
        stat = path.stat()
        path.write_text(text("b"))
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

        assert file.poll() is not None
        assert names(file) == ["b"]

    def test_settled_file_is_not_read(self, path: Path) -> None:
        """A file that has not been touched for long is not read again, only looked at."""
        os.utime(path, ns=(OLD_NS, OLD_NS))
        file = RulesFile(path)
        file.load()
        inode = path.stat().st_ino
        with path.open("r+") as opened:
            opened.write(text("b"))
        os.utime(path, ns=(OLD_NS, OLD_NS))

        assert path.stat().st_ino == inode
        assert file.poll() is None
        assert names(file) == ["a"]

    def test_replaced(self, path: Path) -> None:
        """A file that is replaced as a whole, as a mounted ConfigMap is, is seen whatever its time."""
        os.utime(path, ns=(OLD_NS, OLD_NS))
        file = RulesFile(path)
        file.load()
        other = path.with_suffix(".new")
        other.write_text(text("b"))
        os.utime(other, ns=(OLD_NS, OLD_NS))
        other.replace(path)

        assert file.poll() is not None
        assert names(file) == ["b"]

    def test_huge(self, path: Path) -> None:
        """A file without end is not read to its end."""
        file = RulesFile(path)
        file.load()
        path.write_bytes(b" " * 3_000_000)

        assert file.poll() is None
        assert [one.text for one in file.mistakes] == ["larger than 1000000 bytes"]
