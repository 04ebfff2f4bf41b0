"""The examples of docs/how-to/write-rules.md: what is shown there is what happens here."""

import argparse
import re
import shlex
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from satark.detector.rules import form
from satark.detector.rules.command import command
from satark.detector.rules.patterns import Patterns
from satark.runtime.documents.shapes import Many, Named, OrOff, Shape, Table
from tests.support.environment import REPOSITORY

PAGE = (REPOSITORY / "docs" / "how-to" / "write-rules.md").read_text()
FILES = {name: text for text, name in re.findall(r"^```yaml\n(# (\S+)\n.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)}
SESSIONS = re.findall(r"^```console\n\$ satark rules (.*?)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def names(shape: Shape) -> set[str]:
    """Return the names of all members of a shape and of what is in it."""
    if isinstance(shape, Table):
        return set(shape.members).union(*(names(one.shape) for one in shape.members.values()))
    return names(shape.shape) if isinstance(shape, Many | Named | OrOff) else set()


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
        parser = argparse.ArgumentParser()
        command.configure(parser)

        assert command.run(parser.parse_args(shlex.split(arguments))) == 0
        printed = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
        pattern = "".join("*\n" if line == "…" else f"{line}\n" for line in expected.splitlines())
        assert fnmatchcase(printed, pattern), printed

    def test_files(self) -> None:
        """The page has a file of rules, valid by the schema, and one of tests."""
        assert set(FILES) == {"rules.yaml", "rules-test.yaml"}
        Draft202012Validator(form.schema()).validate(yaml.safe_load(FILES["rules.yaml"]))

    def test_everything_is_explained(self) -> None:
        """Every member of a file of rules is in the page."""
        assert sorted(name for name in names(form.FILE) if not re.search(rf"`{name}\b|\b{name}:", PAGE)) == []

    def test_quotes(self) -> None:
        """A pattern that excludes does what the page says."""
        assert not Patterns(("!HQ-*",)).matches("HQ-1")
