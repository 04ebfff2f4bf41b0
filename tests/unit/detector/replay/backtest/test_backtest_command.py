import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from satark.detector.replay.backtest import screen
from satark.detector.replay.backtest.command import command
from tests.unit.detector.replay.links import CALM, day, write

Backtest = Callable[..., int]


@pytest.fixture
def backtest(monkeypatch: pytest.MonkeyPatch) -> Backtest:
    """Run `satark backtest` where the detector's settings say `seed`."""
    monkeypatch.setenv("SATARK_DETECTOR_METHOD", "seed")

    def run(*arguments: object) -> int:
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args([str(argument) for argument in arguments]))

    return run


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A file with a quiet link, one that is bad for a while, and one that is very bad."""
    samples = [*day("wan-link/quiet", bad=()), *day(), *day("wan-link/c", level=400.0)]
    return write(tmp_path / "links.jsonl", samples)


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """Rules that tell only of what is very bad."""
    path = tmp_path / "calm.yaml"
    path.write_text(CALM)
    return path


class TestScreen:
    def test_what_differs_is_listed(
        self, backtest: Backtest, links: Path, calm: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What is lost is named, with totals by link and week and a rate."""
        assert backtest("--rules", calm, links) == 0

        shown = capsys.readouterr().out.splitlines()
        assert shown[0] == "running: the built-in rules (seed)"
        lost = next(line for line in shown if " lost " in line)
        assert lost.split() == (
            [
                "2026-03-10",
                "03:20",
                "UTC",
                "lost",
                "critical",
                "LDN-BR-01",
                "/",
                "Broadband",
                "B",
                "download",
                "latency,",
                "50",
                "min",
            ]
        )
        assert next(line for line in shown if line.startswith("2026-W11")).split()[1:] == ["2", "1", "-", "1", "-", "1"]
        assert shown[-3:] == [
            "2 incidents now, 1 with the new rules",
            "0 gained, 1 lost, 0 changed (0 told earlier, 0 later)",
            "for a link in a week: 22.4 now, 11.2 with the new rules",
        ]

    def test_the_other_way_round(
        self, backtest: Backtest, links: Path, calm: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With the files exchanged what was lost is gained."""
        assert backtest("--method", "seed", "--against", calm, links, "--json") == 0

        found = json.loads(capsys.readouterr().out)
        assert found["running"] == str(calm)
        assert found["total"] == {
            "name": "all",
            "running": 1,
            "new": 2,
            "same": 1,
            "changed": 0,
            "gained": 1,
            "lost": 0,
        }
        assert [one["change"] for one in found["differences"]] == ["gained", "same"]
        assert found["differences"][0]["running"] is None
        assert (found["samples"], found["links"]) == (180, 3)

    def test_long_lists_are_cut(
        self,
        backtest: Backtest,
        links: Path,
        calm: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """What is not listed is counted."""
        monkeypatch.setattr(screen, "MAX_LINKS", 1)

        assert backtest("--rules", calm, links, "--limit", "0") == 0
        shown = capsys.readouterr().out
        assert "… and 1 more (--limit, --json, --picture)" in shown
        assert "… and 1 more links with incidents" in shown

    def test_nothing_at_all(
        self, backtest: Backtest, tmp_path: Path, calm: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Links without incidents give totals of nothing; rejects are counted."""
        path = write(tmp_path / "quiet.jsonl", day(bad=()))
        path.write_text(path.read_text() + "{}\n")

        assert backtest("--rules", calm, path) == 0
        shown = capsys.readouterr().out
        assert "0 incidents now, 0 with the new rules" in shown
        assert "1 rejected: no samples" in shown


class TestPicture:
    @pytest.mark.parametrize(("name", "start"), [("b.html", "<!doctype html>"), ("b.svg", "<svg ")])
    def test_the_name_says_the_kind(
        self, backtest: Backtest, links: Path, calm: Path, tmp_path: Path, name: str, start: str
    ) -> None:
        """A picture is a page or a drawing, as its name ends."""
        assert backtest("--rules", calm, links, "--picture", tmp_path / name) == 0
        assert (tmp_path / name).read_text().startswith(start)


class TestMistakes:
    def test_something_is_new(self, backtest: Backtest, links: Path) -> None:
        """Without new rules and without a new method there is nothing to try."""
        assert backtest(links) == 2

    def test_an_unknown_kind_of_picture(self, backtest: Backtest, links: Path) -> None:
        """A picture that cannot be drawn is refused before anything is read."""
        assert backtest("--method", "seed", links, "--picture", "b.png") == 2

    def test_no_samples(self, backtest: Backtest, tmp_path: Path) -> None:
        """A file without samples ends with 1."""
        (tmp_path / "empty").write_text("")

        assert backtest("--method", "seed", tmp_path / "empty") == 1

    def test_too_many_incidents(self, backtest: Backtest, links: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """More incidents than can be compared end with 2."""
        monkeypatch.setattr("satark.detector.replay.backtest.episodes.MAX_EPISODES", 1)

        assert backtest("--method", "seed", links) == 2

    def test_a_limit_is_a_number(self, backtest: Backtest) -> None:
        """What is no number is refused by the parser."""
        with pytest.raises(SystemExit):
            backtest("--method", "seed", "file", "--limit", "some")
