"""`satark notifier routes`."""

import argparse
from pathlib import Path

import pytest

from satark.notifier.routing.command import RoutesCommand
from satark.runtime.settings import EX_CONFIG
from tests.support.environment import REPOSITORY
from tests.unit.notifier.routing.files import RECEIVERS

TEXT = """
route:
  receiver: noc
  group_by: [site]
  routes:
    - matchers: ['severity=~"critical|major"']
      receiver: oncall
      continue: true
      escalate: [{after: 30m, to: boss}]
      routes: [{matchers: [site=Oslo], escalate: [], tell_on: [opened]}]
    - {receiver: chat, group_by: [], repeat_interval: 0, mute_time_intervals: [always], matchers: [site=Oslo]}
time_intervals: [{name: always, time_intervals: [{}]}]
inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=minor], equal: [site]}]
heartbeat: {receivers: boss, every: 12h}
"""
TREE = """\
root → noc  everything
├── together by site · after 30s, news after 5m, again after 1d · opened, resolved
├── root/1 → oncall  severity=~"critical|major", and on
│   ├── unless acknowledged, after 30m: boss
│   └── root/1/1 → oncall  site="Oslo"
│       └── opened · no escalation
└── root/2 → chat  site="Oslo"
    └── all together · after 30s, news after 5m, never again · quiet until"""
REST = """\
├── boss
│   └── email boss@example.net
└── chat  if it fails boss
    └── chat/slack, not of ends
inhibited
└── severity="minor"  while there is severity="critical" of the same site
heartbeat  boss every 12h
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file of routes."""
    made = tmp_path / "routes.yaml"
    made.write_text(TEXT + RECEIVERS.replace("{name: chat,", "{name: chat, fallback: boss,"))
    return made


def run(*arguments: str) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser()
    command = RoutesCommand()
    command.configure(parser)
    return command.run(parser.parse_args(arguments))


class TestShow:
    def test_picture(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The tree says what each route changes, and who the receivers are."""
        assert run("--file", str(path)) == 0

        printed = capsys.readouterr().out
        assert printed.startswith(TREE)
        assert printed.endswith(REST)

    def test_settings(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a file it shows what the settings say."""
        monkeypatch.setenv("SATARK_NOTIFIER_SMTP_URL", "smtp://127.0.0.1")
        monkeypatch.setenv("SATARK_NOTIFIER_SENDER", "satark@example.net")
        assert run() == EX_CONFIG
        assert "neither RECEIVERS nor ROUTES says whom to tell" in capsys.readouterr().err

        monkeypatch.setenv("SATARK_NOTIFIER_RECEIVERS", "a@example.net")
        assert run() == 0
        assert "email a@example.net" in capsys.readouterr().out

        monkeypatch.setenv("SATARK_NOTIFIER_ROUTES", str(path))
        assert run() == 0
        assert capsys.readouterr().out.startswith(TREE)


class TestTest:
    def test_told(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """It says who is told by which route, and how."""
        assert run("test", "severity=critical", "site=Bergen", "--file", str(path), "--expect", "oncall") == 0
        assert (
            capsys.readouterr().out
            == """\
oncall  by root/1
├── email oncall@example.net
├── oncall/webhook
└── together by site · after 30s, news after 5m, again after 1d · opened, resolved · unless acknowledged, after 30m: boss
"""
        )

    def test_others(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """It fails if others are told than expected."""
        assert run("test", "severity=critical", "site=Oslo", "--file", str(path), "--expect", "oncall, noc") == 1
        assert "expected noc, oncall, not chat, oncall" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [("test", "severity"), ("try",), ("test", "=x")])
    def test_nonsense(self, arguments: tuple[str, ...]) -> None:
        """Arguments that make no sense are told."""
        with pytest.raises(SystemExit) as caught:
            run(*arguments)
        assert caught.value.code == 2


class TestSchema:
    def test_committed(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The committed schema is what is printed."""
        assert run("--schema") == 0
        assert capsys.readouterr().out == (REPOSITORY / "schemas" / "routes" / "routes.schema.json").read_text()


class TestCheck:
    def test_right(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A right file is right; what is doubtful is told."""
        assert run("--check", str(path)) == 0
        assert capsys.readouterr() == (f"{path}: right; routes: 4, receivers: 4\n", "")

        path.write_text("route: {receiver: noc}" + RECEIVERS)
        assert run("--check", str(path)) == 0
        assert capsys.readouterr().err.count("heartbeat names it") == 3

    def test_wrong(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Every mistake is told with its line and a mark; the exit status says that the file is wrong."""
        path.write_text("route: {receiver: nok}\nx: 1" + RECEIVERS)
        assert run("--check", str(path)) == EX_CONFIG

        assert (
            capsys.readouterr().err
            == f"""\
{path}:1:19: route.receiver: there is no receiver nok; did you mean noc?
     1 | route: {{receiver: nok}}
       |                   ^
{path}:2:1: x: unknown; there are route, receivers, time_intervals, inhibit_rules, heartbeat
     2 | x: 1
       | ^
"""
        )

    def test_missing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file that is not there is wrong."""
        assert run("--check", str(tmp_path / "none.yaml")) == EX_CONFIG
        assert "cannot be read: No such file or directory" in capsys.readouterr().err
