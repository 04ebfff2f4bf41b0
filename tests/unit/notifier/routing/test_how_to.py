"""The examples of docs/how-to/route-notifications.md and deploy: what is shown there is what happens here."""

import argparse
import re
import shlex
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from satark.notifier.routing import form, receiver_form
from satark.notifier.routing.calendars import INTERVAL
from satark.notifier.routing.command import RoutesCommand
from satark.notifier.routing.reading import Draft
from satark.notifier.routing.tree import RoutingTree
from tests.support.environment import REPOSITORY
from tests.unit.notifier.routing.files import receivers_told

PAGE = (REPOSITORY / "docs" / "how-to" / "route-notifications.md").read_text()
FILES = {name: text for text, name in re.findall(r"^```yaml\n(# (\S+)\n.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)}
PARTS = re.findall(r"^```yaml\n([^#].*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SESSIONS = re.findall(r"^```console\n\$ satark notifier routes (.*?)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLE = REPOSITORY / "deploy" / "routes.example.yaml"
BESIDE = {"chat.url": b"https://chat.example.net/hook"}


def example() -> RoutingTree:
    """Return the routing of the example, with what could be beside it."""
    draft = Draft.of(EXAMPLE.read_bytes(), str(EXAMPLE))
    return draft.routing({path: BESIDE.get(path.name, b"open sesame") for path in draft.files})


class TestPage:
    @pytest.mark.parametrize(("arguments", "expected"), SESSIONS, ids=[arguments for arguments, _ in SESSIONS])
    def test_sessions(
        self,
        arguments: str,
        expected: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Every command prints what the page says, beside the page's files; … stands for more of it."""
        monkeypatch.chdir(tmp_path)
        for name, text in FILES.items():
            (tmp_path / name).write_text(text)
        (tmp_path / "pager.key").write_text("open sesame")
        parser = argparse.ArgumentParser()
        command = RoutesCommand()
        command.configure(parser)

        assert command.run(parser.parse_args(shlex.split(arguments))) == 0
        pattern = expected.replace("[", "[[]").replace("…", "*")
        assert fnmatchcase(capsys.readouterr().out, pattern)

    def test_parts(self) -> None:
        """What the page shows of a file fits to its file of routes."""
        draft = Draft.of("".join((FILES["routes.yaml"], *PARTS)).encode(), "routes.yaml")

        routing = draft.routing({Path("pager.key"): b"open sesame"})
        assert (len(PARTS), len(routing.inhibitions), routing.heartbeat is not None) == (2, 1, True)
        assert routing.hints == ()

    def test_everything_is_explained(self) -> None:
        """Every member of a file of routes is in the page."""
        tables = (
            form.FILE,
            form.ROUTE,
            receiver_form.RECEIVER,
            form.ESCALATION,
            form.INHIBITION,
            form.HEARTBEAT,
            INTERVAL,
        )
        names = {name for table in (*tables, *receiver_form.CONFIGS.values()) for name in table.members}

        assert sorted(name for name in names if not re.search(rf"`{name}\b|\b{name}:", PAGE)) == []


class TestExample:
    def test_is_right(self) -> None:
        """The example is read without mistakes and without doubts; the JSON schema takes it."""
        assert example().hints == ()
        Draft202012Validator(form.schema()).validate(yaml.safe_load(EXAMPLE.read_text()))

    @pytest.mark.parametrize(
        ("subject", "expected"),
        [
            ({}, ["noc by root"]),
            ({"severity": "critical"}, ["on-call by root/1"]),
            ({"severity": "warning", "isp": "Nordic Mobile"}, ["noc by root/2"]),
            ({"severity": "major", "enterprise": "Globex"}, ["on-call by root/1", "globex by root/3"]),
        ],
    )
    def test_tells(self, subject: dict[str, str], expected: list[str]) -> None:
        """It does what its comments say."""
        assert expected == receivers_told(example(), **subject)
