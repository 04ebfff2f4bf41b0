"""`satark rules` as a person runs it."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from satark.detector.rules import default_text
from satark.detector.rules.command import command

RULES = """\
version: 1
maintenance:
  - {name: sundays, from: 2026-01-04T02:00, duration: 2h, rrule: FREQ=WEEKLY}
rules:
  - {name: mine, match: {class: lte}, metrics: {latency_ms: {limit: {above: 300}}}}
"""
TESTS = """\
rules: rules.yaml
cases:
  - {name: slow, labels: {link: LTE}, expect: {metrics: {latency_ms_rx: {limit: {above: 300}}}}}
  - {name: wrong, labels: {link: LTE}, expect: {metrics: {latency_ms_tx: {limit: {above: 200}}}}}
"""

Rules = Callable[..., tuple[int, str, str]]


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rules:
    """A function that runs the command beside a good file and a file of tests; returns status, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "tests.yaml").write_text(TESTS)

    def run(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser(prog="satark rules")
        command.configure(parser)
        status = command.run(parser.parse_args(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


class TestCheck:
    def test_right(self, rules: Rules) -> None:
        """A right file is told to be, with what is in it."""
        assert (0, "rules.yaml: right; with the built-in ones rules: 7, classes: 4, windows: 1\n", "") == rules(
            "check", "rules.yaml"
        )

    def test_wrong(self, rules: Rules, tmp_path: Path) -> None:
        """Of several files each is told; one that is wrong makes the status."""
        (tmp_path / "bad.yaml").write_text("version: 1\nruels: []\n")

        status, out, err = rules("check", "bad.yaml", "rules.yaml", "none.yaml")
        assert (status, out.partition(":")[0]) == (1, "rules.yaml")
        assert "bad.yaml:2:1: ruels: unknown; did you mean rules?\n     2 | ruels: []\n       | ^\n" in err
        assert "none.yaml:1:1: cannot be read: No such file or directory\n" in err

    def test_hints(self, rules: Rules, tmp_path: Path) -> None:
        """What is only doubtful is told, and no reason to refuse the file."""
        (tmp_path / "rules.yaml").write_text("version: 1\nrules: [{name: a, metrics: {latncy_ms: off}}]\n")

        status, out, err = rules("check", "rules.yaml")
        assert (status, out.partition(";")[0]) == (0, "rules.yaml: right")
        assert "latncy_ms is nothing that links have; did you mean latency_ms?" in err

    def test_json(self, rules: Rules, tmp_path: Path) -> None:
        """As JSON every mistake has its place."""
        (tmp_path / "bad.yaml").write_text("version: 2\n")

        status, out, _ = rules("check", "--json", "rules.yaml", "bad.yaml")
        mistake = {
            "file": "bad.yaml",
            "line": 1,
            "column": 10,
            "path": "version",
            "text": "expected 1, not 2",
            "source": "version: 2",
        }
        assert status == 1
        assert json.loads(out) == [
            {"file": "rules.yaml", "ok": True, "mistakes": [], "hints": []},
            {"file": "bad.yaml", "ok": False, "mistakes": [mistake], "hints": []},
        ]


class TestTest:
    def test_failures(self, rules: Rules) -> None:
        """What fails is told with the place in the tests and the rule that says otherwise."""
        status, out, err = rules("test", "tests.yaml")

        assert (status, out) == (1, "FAILED wrong\ntests.yaml: 1 of 2 passed\n")
        assert "latency_ms_tx.limit.above: expected 200, not 300, which mine sets" in err

    def test_success(self, rules: Rules, tmp_path: Path) -> None:
        """Tests that pass are counted."""
        (tmp_path / "tests.yaml").write_text(TESTS.replace("200", "300"))

        assert rules("test", "tests.yaml") == (0, "tests.yaml: 2 of 2 passed\n", "")

    def test_wrong_files(self, rules: Rules, tmp_path: Path) -> None:
        """A wrong file of tests, and tests of wrong rules, fail with the mistakes."""
        (tmp_path / "rules.yaml").write_text("version: 2\n")
        (tmp_path / "other.yaml").write_text("case: []\n")

        status, _, err = rules("test", "tests.yaml", "other.yaml")
        assert status == 1
        assert "rules.yaml:1:10: version: expected 1, not 2" in err
        assert "other.yaml:1:1: case: unknown; did you mean cases?" in err

    def test_json(self, rules: Rules, tmp_path: Path) -> None:
        """As JSON every test has its outcome."""
        (tmp_path / "other.yaml").write_text("case: []\n")
        status, out, _ = rules("test", "--json", "tests.yaml", "other.yaml")

        first, second = json.loads(out)
        assert (status, first["ok"], second["ok"]) == (1, False, False)
        assert [(one["name"], one["ok"], len(one["failures"])) for one in first["cases"]] == [
            ("slow", True, 0),
            ("wrong", False, 1),
        ]
        assert (len(second["mistakes"]), second["cases"]) == (2, [])


class TestShow:
    def test_builtin(self, rules: Rules) -> None:
        """Without arguments the built-in rules are printed: a file to begin with."""
        assert rules("show") == (0, default_text(), "")

    def test_plan(self, rules: Rules) -> None:
        """Of an entity every member is printed with the rule that sets it, and when maintenance comes."""
        status, out, _ = rules("show", "rules.yaml", "--label", "link=LTE", "--at", "2026-07-01T00:00Z")

        lines = [line.split() for line in out.splitlines()]
        assert status == 0
        assert ["class", "lte"] in lines
        assert ["latency_ms.limit.above", "300", "mine"] in lines
        assert ["latency_ms.limit.bad", "6", "builtin/lte"] in lines
        assert ["flapping.within", "1h", "the", "default"] in lines
        assert "maintenance  sundays: 2026-07-05 02:00 to 2026-07-05 04:00 UTC" in out

    def test_json(self, rules: Rules) -> None:
        """As JSON durations are seconds, and times UTC."""
        at = "2026-07-01T00:00Z"
        _, out, _ = rules("show", "rules.yaml", "--kind", "x", "--at", at, "--json")

        found: dict[str, Any] = json.loads(out)
        assert (found["kind"], found["labels"], found["class"]) == ("x", {}, None)
        assert {"member": "evidence", "value": 7200, "rule": "the default"} in found["settings"]
        assert {"member": "missing_cycles.rate", "value": "off", "rule": "the default"} in found["settings"]
        assert found["maintenance"][0] == {
            "name": "sundays",
            "from": "2026-07-05T02:00:00+00:00",
            "to": "2026-07-05T04:00:00+00:00",
        }

    def test_schema(self, rules: Rules) -> None:
        """The JSON schema is printed for editors."""
        status, out, _ = rules("show", "--schema")

        assert status == 0
        assert json.loads(out)["title"] == "Detection rules of Satark"

    def test_builtin_plan(self, rules: Rules) -> None:
        """Labels alone are asked of the built-in rules."""
        status, out, _ = rules("show", "--label", "link=BT MPLS")

        assert status == 0
        assert "latency_ms.limit.above" in out

    def test_wrong_file(self, rules: Rules) -> None:
        """Rules that are wrong show no plan."""
        status, out, err = rules("show", "tests.yaml")

        assert (status, out) == (1, "")
        assert "tests.yaml:1:1: rules: unknown" in err or "tests.yaml:1:1: version: is missing" in err

    @pytest.mark.parametrize(
        "arguments", [["--label", "LINK=x"], ["--label", "link"], ["--at", "now"], ["--at", "2026-07-01"]]
    )
    def test_usage(self, rules: Rules, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """Arguments that make no sense are refused."""
        with pytest.raises(SystemExit) as caught:
            rules("show", *arguments)

        assert caught.value.code == 2
        assert "satark rules show: error: argument" in capsys.readouterr().err
