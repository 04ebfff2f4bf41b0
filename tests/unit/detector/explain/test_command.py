import argparse
import gzip
import io
import json
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from satark.detector.explain import screen, stories
from satark.detector.explain.command import command
from satark.schemas.incidents import Cause, Severity
from satark.schemas.metrics import JITTER_MS_RX
from tests.unit.detector.explain.incidents import LINK, after, opened, points, resolved, symptom, write
from tests.unit.detector.explain.test_alarms import view


def explain(*arguments: str) -> int:
    """Run `satark explain`."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A file with one resolved incident of a link, and an open one of another, judged by a limit."""
    course = points([21.0] * 12 + [88.0])
    first = opened(LINK, symptom(recent=course), rules=("defaults", "broadband"))
    limit = opened("wan-link/x", symptom(JITTER_MS_RX, n=0, cause=Cause.LIMIT), since=after(9), historical=True)
    return write(tmp_path / "told.jsonl", [first, resolved(first), limit])


class TestTable:
    def test_the_evidence_is_shown(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Value, normal, limit, distance, window, cause, method and rules of each event are on the screen."""
        status = explain("--file", str(told), "--entity", LINK)

        shown = capsys.readouterr().out
        assert status == 0
        assert "LDN-BR-01 / Broadband B: critical incident" in shown
        assert "from 2026-03-10 12:00 UTC until 2026-03-10 12:15 UTC, 15 min" in shown
        assert (
            "#0  2026-03-10 12:00 UTC  opened: first symptom  critical  method seed  rules defaults, broadband" in shown
        )
        row = next(line.split() for line in shown.splitlines() if line.startswith("download latency (ms)  bad"))
        assert row[6:13] == ["88", "21", "1.25", "5", "31", "12.4", "x"]
        assert "12  1 h (11:00 to 12:00)  the mean before" in shown
        assert "#1  2026-03-10 12:25 UTC  resolved: all clear" in shown
        assert "▲ 12:00" in shown

    def test_a_limit_has_no_normal(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What an absolute limit decided shows no normal, and what nobody was told says so."""
        assert explain("--file", str(told), "--last", "1") == 0

        shown = capsys.readouterr().out
        assert "not yet resolved" in shown
        assert "for the record, nobody was told" in shown
        assert "an absolute limit" in shown

    def test_several_are_told_apart(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Incidents are divided by a line, the newest last."""
        assert explain("--file", str(told), "--last", "2", "--local") == 0

        first, second = capsys.readouterr().out.split("────\n")
        assert (LINK in first, "wan-link/x" in second) == (True, True)

    def test_long_lists_are_cut(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Of many metrics the worst have a chart; events that were left out are counted."""
        monkeypatch.setattr(screen, "MAX_CHARTS", 1)
        monkeypatch.setattr(stories, "MAX_EVENTS", 1)
        course = points([21.0, 88.0])
        first = opened(LINK, symptom(recent=course), symptom(JITTER_MS_RX, recent=course, distance=3.0))
        path = write(tmp_path / "told.jsonl", [first, resolved(first)])

        assert explain("--file", str(path), "--last", "1") == 0
        shown = capsys.readouterr().out
        assert "1 events between the first and these are left out" in shown
        assert "no chart of download jitter (ms)" in shown
        assert shown.count("▲") == 1

    def test_an_alarm_has_conditions(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """An alarm of a rule is told by its object, its rule, and the values that its conditions hold for."""
        event = replace(
            opened("ObjectVRouter:node7"),
            symptoms=(),
            severity=Severity.MAJOR,
            alarm=view({"json_operand1_value": '"STOPPED"'}),
            labels={"type": "vrouter", "object": "node7"},
        )

        assert explain("--file", str(write(tmp_path / "told.jsonl", [event])), "--last", "1") == 0
        shown = capsys.readouterr().out
        assert shown.startswith("vrouter / node7: major incident")
        assert "alarm system:process-status; conditions hold; Process Failure." in shown
        assert 'NodeStatus.process_info.process_state != "RUNNING"' in shown


class TestJson:
    def test_events_are_whole(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """As JSON an incident comes with its events as they were published."""
        assert explain("--file", str(told), "--entity", LINK, "--json") == 0

        (incident,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert incident["entity"] == LINK
        assert incident["duration_s"] == 900
        assert [event["event"] for event in incident["events"]] == ["opened", "resolved"]
        assert incident["events"][0]["symptoms"][0]["baseline"]["n"] == 12


class TestSources:
    def test_a_gzipped_file_is_read(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file may be gzipped, whatever its name."""
        zipped = told.with_suffix(".events")
        zipped.write_bytes(gzip.compress(told.read_bytes()))

        assert explain("--file", str(zipped), "--last", "1") == 0
        assert "wan-link/x" in capsys.readouterr().out

    def test_standard_input_is_read(self, told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A dash stands for standard input."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(told.read_bytes()))))

        assert explain("--file", "-", "--last", "1") == 0

    def test_what_is_no_event_is_passed_over(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Lines that are no incident events are counted and do not stop the search."""
        told.write_bytes(b'{"incident": 5}\nnonsense\n\n' + told.read_bytes())

        assert explain("--file", str(told), "--last", "1") == 0
        assert capsys.readouterr().err == ("satark explain: 2 lines are no incident events and were passed over\n")


class TestMistakes:
    def test_an_unknown_incident(self, told: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """An incident that is not there ends with 1 and the nearest ids."""
        assert explain("--file", str(told), "zzz") == 1

        assert capsys.readouterr().err.startswith("satark explain: no incident zzz; nearest: ")

    @pytest.mark.parametrize("arguments", [(), ("3f", "--last", "2"), ("3f", "--entity", "x")])
    def test_one_way_of_asking(self, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        """Without a question, or with two, the exit status is 2."""
        assert explain(*arguments) == 2
        assert capsys.readouterr().err.startswith("satark explain: ")

    def test_a_file_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that cannot be read is named."""
        missing = tmp_path / "missing"

        assert explain("--file", str(missing), "3f") == 2
        assert capsys.readouterr().err == f"satark explain: cannot read {missing}: No such file or directory\n"

    def test_a_damaged_file(self, told: Path) -> None:
        """A file that ends within its compression is no file to rely on."""
        told.write_bytes(gzip.compress(told.read_bytes())[:-20])

        assert explain("--file", str(told), "--last", "1") == 2

    def test_wrong_settings(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Settings of Kafka that cannot be are told one a line."""
        monkeypatch.setenv("SATARK_KAFKA_SECURITY_PROTOCOL", "CARRIER_PIGEON")

        assert explain("3f") == 78
        assert "SATARK_KAFKA_SECURITY_PROTOCOL" in capsys.readouterr().err

    @pytest.mark.parametrize("count", ["0", "x", "1001"])
    def test_a_count_is_a_number(self, count: str) -> None:
        """So many incidents are from one to a thousand."""
        with pytest.raises(SystemExit):
            explain("--last", count)
