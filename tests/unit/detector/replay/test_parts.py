"""The small shells around a replay: rejects, exports, progress."""

import gzip
import io
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from rich.console import Console

from satark.detector.replay.exporting import exported, kept
from satark.detector.replay.progress import Bar, screen_for_bar
from satark.detector.replay.rejects import NAMED, Rejects
from satark.detector.replay.sightings import Reject, Sighting
from tests.unit.detector.replay.links import sample, sightings


class TestRejects:
    def test_the_first_are_named_all_are_kept(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The first few are said on stderr, each one is in the file, and none moves the cursor."""
        path = tmp_path / "rejects"
        with Rejects(path) as rejects:
            for number in range(NAMED + 5):
                rejects(Reject(f"line {number}", "bad \x1b[2J", "text"))

        said = capsys.readouterr().err.splitlines()
        assert rejects.count == NAMED + 5
        assert said[0] == "line 0: bad \\x1b[2J"
        assert said[-1] == f"more that are no samples are only counted, and kept in {path}"
        assert len(said) == NAMED + 1
        kept_lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert kept_lines[-1] == {"place": f"line {NAMED + 4}", "reason": "bad \x1b[2J", "text": "text"}

    def test_without_a_file_they_are_counted(self) -> None:
        """No file is made where none is asked for."""
        with Rejects(None) as rejects:
            rejects(Reject("line 1", "bad", ""))

        assert rejects.count == 1


class TestExport:
    @pytest.mark.parametrize("name", ["kept.jsonl", "kept.jsonl.gz"])
    async def test_samples_are_kept(self, tmp_path: Path, name: str) -> None:
        """What goes by is written, one JSON a line, gzipped where the name says so."""
        path = tmp_path / name
        waiting = sightings([sample(1), sample(2)])

        async def batches() -> AsyncGenerator[list[Sighting], None]:
            yield waiting
            yield []

        with kept(path) as file:
            assert [batch async for batch in exported(batches(), file)] == [waiting, []]

        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if name.endswith(".gz") else raw).splitlines()
        assert [json.loads(line)["id"] for line in lines] == [sample(1).id, sample(2).id]

    def test_half_a_file_is_none(self, tmp_path: Path) -> None:
        """What is broken off leaves neither a file nor a part of one, and an older file as it was."""
        path = tmp_path / "kept.jsonl"
        path.write_text("older")

        with pytest.raises(ZeroDivisionError), kept(path) as file:
            file.write(b"half" * (1 // 0))

        assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"kept.jsonl": "older"}


class TestBar:
    def test_a_terminal_is_told(self) -> None:
        """On a terminal there is a bar with the rate."""
        screen = Console(file=io.StringIO(), force_terminal=True, width=100)
        with Bar(screen) as bar:
            bar.advance(1000, done=5, total=10)
            bar.begin("judging")
            bar.advance(10, done=1, total=2)
            bar._progress.refresh()

        shown = screen.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
        assert "judging" in shown
        assert "samples/s" in shown

    def test_it_shares_a_terminal(self) -> None:
        """On the answers' terminal, if stderr is one too, else on stderr."""
        answers = Console(file=io.StringIO(), force_terminal=True)

        assert screen_for_bar(answers) is not answers
        assert screen_for_bar(answers).stderr

    def test_a_pipe_is_not(self) -> None:
        """Where stderr is no terminal nothing is written."""
        screen = Console(file=io.StringIO())
        with Bar(screen) as bar:
            bar.advance(1, done=1, total=0)

        assert screen.file.getvalue() == ""  # type: ignore[attr-defined]  # the StringIO above
