import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from satark.detector.replay.command import answered, command
from satark.schemas.codec import decode
from satark.schemas.topics import ANOMALIES
from tests.unit.detector.replay.links import CALM, at, day, write

Replay = Callable[..., int]


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Replay:
    """Run `satark replay` where the detector's settings say `seed`."""
    monkeypatch.setenv("SATARK_DETECTOR_METHOD", "seed")

    def run(*arguments: object) -> int:
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args([str(argument) for argument in arguments]))

    return run


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A file with two links, one after the other, of which one is bad for a while."""
    return write(tmp_path / "links.jsonl", [*day("wan-link/quiet", bad=()), *day()])


class TestTold:
    def test_incidents_are_told(self, replay: Replay, links: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Each event is a line with time, severity, place and what was seen; at the end it is told what it came to."""
        assert replay(links) == 0

        told = capsys.readouterr()
        first, last = told.out.splitlines()
        assert first.startswith("2026-03-10 03:20 UTC  ")
        assert "opened    critical  LDN-BR-01 / Broadband B" in first
        assert first.endswith("first symptom: download latency 88 ms (normal 20.5, limit 30.5)")
        assert "resolved" in last
        assert last.endswith("after 50 min")
        summary = told.err.splitlines()
        assert summary[0].startswith("120 samples of 2 links from 2026-03-10 00:00 UTC to 2026-03-10 04:55 UTC, ")
        assert summary[1] == "1 incident opened, 1 resolved, 0 still open"

    def test_json_is_what_the_topic_has(self, replay: Replay, links: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """As JSON every event is as the detector publishes it."""
        assert replay(links, "--json") == 0

        events = [decode(ANOMALIES, line.encode()) for line in capsys.readouterr().out.splitlines()]
        assert [(event.sequence, event.opened_at) for event in events] == [(0, at(40)), (1, at(40))]

    def test_what_nobody_is_told_is_left_out(
        self, replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What is for the record only is counted, and shown when asked for."""
        backfilled = [msgspec.structs.replace(each, backfilled=True) for each in day()]
        path = write(tmp_path / "late.jsonl", backfilled)

        assert replay(path) == 0
        told = capsys.readouterr()
        assert told.out == ""
        assert "2 events for the record only, of which nobody is told (--all shows them)" in told.err
        assert replay(path, "--all") == 0
        assert capsys.readouterr().out.count("(for the record, nobody is told)") == 2

    def test_links_of_a_site_are_a_group(
        self, replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Links of a site that go bad together are told as a group too; as JSON only the incidents are."""
        shared = {"orchestrator": "vco", "enterprise_id": "4101", "site": "London"}
        links = [
            msgspec.structs.replace(one, labels=one.labels | shared) for n in "abc" for one in day(f"wan-link/{n}")
        ]
        path = write(tmp_path / "site.jsonl", links)

        assert replay(path) == 0
        told = capsys.readouterr()
        assert "site London" in told.out
        assert "group of 3 incidents, 3 open" in told.out
        assert "3 incidents opened, 3 resolved, 0 still open, 1 group" in told.err
        assert replay(path, "--json") == 0
        assert len(capsys.readouterr().out.splitlines()) == 6

    def test_other_rules(self, replay: Replay, links: Path, tmp_path: Path) -> None:
        """By rules that bear more nothing is told."""
        (tmp_path / "calm.yaml").write_text(CALM)

        assert replay(links, "--rules", tmp_path / "calm.yaml", "--method", "seed") == 0


class TestOrder:
    def test_a_file_is_put_in_order(self, replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file in any order gives what it gives in order of time; as it came it may give another."""
        backwards = write(tmp_path / "backwards.jsonl", reversed(day()))
        forwards = write(tmp_path / "forwards.jsonl", day())

        assert replay(forwards, "--json") == 0
        expected = capsys.readouterr().out
        assert replay(backwards, "--json") == 0
        assert capsys.readouterr().out == expected
        assert replay(backwards, "--json", "--order", "arrival") == 0
        assert capsys.readouterr().out != expected

    def test_a_period(self, replay: Replay, links: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Only samples of the period count."""
        assert replay(links, "--from", "2026-03-10T01:00Z", "--to", "2026-03-10T02:00Z") == 0
        assert capsys.readouterr().err.startswith("24 samples of 2 links from 2026-03-10 01:00 UTC")


class TestTable:
    def test_a_table_gives_the_same(self, replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The same samples as a table give the same events."""
        path = tmp_path / "links.csv"
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["time", "entity", "label.edge", "label.link", "latency_ms_rx"])
            for each in day():
                rows.writerow([each.time.isoformat(), each.entity, *each.labels.values(), *each.metrics.values()])

        assert replay(write(tmp_path / "links.jsonl", day()), "--json") == 0
        expected = capsys.readouterr().out
        assert replay(path, "--json") == 0
        assert capsys.readouterr().out == expected


class TestFiles:
    def test_samples_and_rejects_are_kept(
        self, replay: Replay, links: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What was read and what could not be are each kept where that is asked for."""
        links.write_text(links.read_text() + "nonsense\n")

        status = replay(links, "--export", tmp_path / "kept.jsonl", "--rejects", tmp_path / "rejects.jsonl")

        assert status == 0
        assert (tmp_path / "kept.jsonl").read_text() + "nonsense\n" == links.read_text()
        assert json.loads((tmp_path / "rejects.jsonl").read_text())["place"] == "line 121"
        assert "line 121: not_json" in capsys.readouterr().err


class TestMistakes:
    def test_one_source(self, replay: Replay, links: Path) -> None:
        """Neither none nor two sources are one."""
        assert replay() == 2
        assert replay(links, "--topic", "satark.metrics.v1") == 2

    def test_nothing_to_judge(self, replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file without samples ends with 1, and says how many lines were none."""
        (tmp_path / "empty").write_text("{\n{}\n")

        assert replay(tmp_path / "empty") == 1
        assert capsys.readouterr().err.splitlines()[-1] == "no samples, 2 rejected"

    @pytest.mark.parametrize(
        "arguments",
        [
            ("missing",),
            ("links.jsonl", "--from", "2026-03-11", "--to", "2026-03-10"),
            ("table.csv",),
            ("links.jsonl", "--rejects", "no/such/folder/file"),
            ("links.jsonl", "--export", "no/such/folder/file"),
            ("links.jsonl", "--rules", "missing.yaml"),
        ],
    )
    def test_what_cannot_be(
        self,
        replay: Replay,
        links: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        arguments: tuple[str, ...],
    ) -> None:
        """Files that cannot be used and times that contradict each other end with 2 and one line."""
        monkeypatch.chdir(links.parent)
        Path("table.csv").write_text("a,b\n1,2\n")

        assert replay(*arguments) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("satark replay: ")

    def test_wrong_rules(self, replay: Replay, links: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Rules that are wrong end with 78, each mistake with its line."""
        rules = links.with_name("wrong.yaml")
        rules.write_text("version: 1\nrules: 5\n")

        assert replay(links, "--rules", rules) == 78
        assert "wrong.yaml:2:8" in capsys.readouterr().err

    def test_a_reader_that_has_enough(self) -> None:
        """That nobody reads our output any more is not told as a mistake of the arguments."""

        def act() -> int:
            raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            answered("replay", act)

    def test_wrong_settings(self, replay: Replay, links: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settings that are wrong end with 78."""
        monkeypatch.setenv("SATARK_DETECTOR_METHOD", "guess")

        assert replay(links) == 78

    @pytest.mark.parametrize("arguments", [("--interval", "0"), ("--from", "soon"), ("--order", "size")])
    def test_arguments_are_checked(self, replay: Replay, arguments: tuple[str, ...]) -> None:
        """What is no argument is refused by its parser."""
        with pytest.raises(SystemExit):
            replay("file", *arguments)
