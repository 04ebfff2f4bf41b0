import argparse
from pathlib import Path

import pytest

from satark.notifier.mail.packs import builtin_texts, read
from satark.notifier.mail.render import render
from satark.notifier.overrides.command import TemplatesCommand
from satark.runtime.settings import EX_CONFIG
from tests.unit.notifier.mail.test_packs import PLAIN, SAID


def run(*words: str) -> int:
    """Run `satark notifier templates` with such words; return its exit status."""
    command, parser = TemplatesCommand(), argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(words))


class TestTo:
    def test_writes_a_file_for_each_template(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """There is a file to start from for each built-in template, and the template beside it, to be read."""
        folder = tmp_path / "mails"

        assert run("--to", str(folder)) == 0
        assert set(builtin_texts()) == set(read(folder).texts)
        assert builtin_texts() == read(folder / "builtin").texts
        assert capsys.readouterr().out == f"{len(builtin_texts())} templates written to {folder}\n"

    def test_written_files_change_nothing(self, tmp_path: Path) -> None:
        """The mails by the files to start from are the built-in ones."""
        run("--to", str(tmp_path))

        assert PLAIN == render(SAID, pack=read(tmp_path))

    def test_keeps_what_is_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file of the user's is never overwritten."""
        (tmp_path / "opened.txt.j2").write_text("mine")

        assert run("--to", str(tmp_path)) == 0
        assert (tmp_path / "opened.txt.j2").read_text() == "mine"
        assert "1 were there and are as they were" in capsys.readouterr().out

    def test_says_where_it_cannot_write(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file where the folder should be is told in one line."""
        (tmp_path / "file").write_text("x")

        assert run("--to", str(tmp_path / "file" / "mails")) == 1
        assert "Not a directory" in capsys.readouterr().err

    def test_says_what_can_be_changed(self, tmp_path: Path) -> None:
        """A file names the blocks of its template, and of those that it extends, and what can be said."""
        run("--to", str(tmp_path))
        text = (tmp_path / "opened.html.j2").read_text()

        assert all(f"{{% block {name} %}}" in text for name in ("lead", "badge", "checks", "footer"))
        assert "view.sentences" in text


class TestCheck:
    def test_is_content_with_an_empty_folder(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A folder without templates changes nothing, which is fine."""
        assert run("--check", str(tmp_path)) == 0
        assert capsys.readouterr().out.endswith("all is well\n")

    @pytest.mark.parametrize(
        ("name", "text", "mistake"),
        [
            ("opened.txt.j2", "\n{% if %}", "opened.txt.j2:2: Expected an expression, got 'end of statement block'"),
            ("base.html.j2", "{{ nix }}", "base.html.j2:1: 'nix' is undefined (in the example opened)"),
            (
                "digest.txt.j2",
                "{{ view.rows }}",
                "digest.txt.j2:1: 'satark.notifier.mail.view.DigestView object' has no",
            ),
            ("heartbeat.txt.j2", "", "heartbeat.txt.j2: it does not say"),
            ("opend.txt.j2", "x", "opend.txt.j2: no built-in template has this name, and none of yours includes it"),
            ("unused.j2", "{% for %}", "unused.j2:1: "),
            ("resolved.subject.j2", "{{ view.place }}\nx", "resolved.subject.j2: a subject is one line"),
        ],
    )
    def test_tells_file_and_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, mistake: str
    ) -> None:
        """What is wrong is told with its place, and the exit status is that of a wrong configuration."""
        (tmp_path / name).write_text(text)

        assert run("--check", str(tmp_path)) == EX_CONFIG
        assert mistake in capsys.readouterr().err

    def test_knows_files_that_others_use(self, tmp_path: Path) -> None:
        """A file of another name is fine, if a template uses it."""
        (tmp_path / "macros.j2").write_text("{% macro f() %}{% endmacro %}")
        (tmp_path / "opened.txt.j2").write_text("{% import 'macros.j2' as m %}{% include 'builtin/opened.txt.j2' %}")

        assert run("--check", str(tmp_path)) == 0

    def test_says_that_a_folder_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A mistyped folder is a mistake, not a folder without templates."""
        assert run("--check", str(tmp_path / "nix")) == EX_CONFIG
        assert capsys.readouterr().err == f"there is no folder {tmp_path / 'nix'}\n"
