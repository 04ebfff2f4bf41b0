import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from satark.runtime import cli
from satark.runtime.command import installed, product_version

LOADS = """
import sys
from satark.runtime import cli
status = 0
try:
    status = cli.main({arguments!r})
except SystemExit as end:
    status = end.code
names = sorted(name for name in sys.modules if name.startswith("satark.") and name.count(".") == 1)
print("LOADED", *(name.removeprefix("satark.") for name in names), *(n for n in ("aiokafka", "faust") if n in sys.modules))
sys.exit(status)
"""


def loaded(*arguments: str) -> tuple[int, list[str]]:
    """Return the exit status and what a fresh interpreter has imported after `satark …`."""
    done = subprocess.run(
        [sys.executable, "-c", LOADS.format(arguments=arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.rpartition("LOADED")[2].split()


class TestMain:
    @pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
    def test_the_overview_lists_every_command(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """`satark` alone shows what there is, as --help does."""
        status = cli.main(arguments)

        written = capsys.readouterr().out
        assert status == 0
        assert all(f"\n  {name} " in written for name in installed())

    def test_an_unknown_command_gets_a_suggestion(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A command that is not there exits with 2 and names the one that was probably meant."""
        with pytest.raises(SystemExit) as ended:
            cli.main(["topic", "list"])

        assert ended.value.code == 2
        assert "topic is no command: did you mean topics?" in capsys.readouterr().err

    def test_a_strange_word_gets_the_list(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A word that resembles nothing gets the list of commands."""
        with pytest.raises(SystemExit) as ended:
            cli.main(["xyzzy"])

        assert ended.value.code == 2
        assert f"xyzzy is no command: there are {', '.join(installed())}" in capsys.readouterr().err

    def test_the_version_imports_no_service(self) -> None:
        """--version answers without importing any service."""
        status, modules = loaded("--version")

        assert (status, modules) == (0, ["runtime"])

    def test_the_overview_is_cheap(self) -> None:
        """--help loads every command, but not Faust."""
        status, modules = loaded("--help")

        assert status == 0
        assert "faust" not in modules

    @pytest.mark.parametrize("name", ["dlq", "docs", "healthcheck", "topics"])
    def test_the_help_of_our_own_commands_is_cheap(self, name: str) -> None:
        """The help of the runtime's commands does not wait for aiokafka."""
        status, modules = loaded(name, "--help")

        assert status == 0
        assert "aiokafka" not in modules

    def test_the_version_is_the_product_s(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--version names the version of the runtime."""
        with pytest.raises(SystemExit) as ended:
            cli.main(["--version"])

        assert ended.value.code == 0
        assert capsys.readouterr().out == f"satark {product_version()}\n"

    def test_a_broken_distribution_leaves_the_others(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A command that cannot be imported is listed with the reason; the rest is there."""
        broken = EntryPoint("broken", "satark.absent:command", "satark.commands")
        monkeypatch.setattr(cli, "installed", lambda: installed() | {"broken": broken})

        cli.main([])

        written = capsys.readouterr().out
        assert "  broken         cannot be loaded: No module named 'satark.absent'" in written
        assert "\n  topics " in written

    @pytest.mark.parametrize("name", sorted(installed()))
    def test_every_command_has_help(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Every installed command explains itself."""
        with pytest.raises(SystemExit) as ended:
            cli.main([name, "--help"])

        assert ended.value.code == 0
        assert f"usage: satark {name}" in capsys.readouterr().out

    def test_a_reader_that_has_enough_is_no_error(self, tmp_path: Path) -> None:
        """A closed pipe ends the command quietly."""
        errors = tmp_path / "errors"
        with errors.open("wb") as file:
            writer = subprocess.Popen(
                [sys.executable, "-m", "satark.runtime.cli", "healthcheck", "--help"],
                stdout=subprocess.PIPE,
                stderr=file,
            )
            assert writer.stdout is not None
            writer.stdout.close()
            status = writer.wait(timeout=60)

        assert (status, errors.read_bytes()) == (0, b"")

    def test_an_interrupt_is_no_traceback(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C in a command exits with 130."""

        def interrupted(*_: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(cli, "_run", interrupted)

        assert cli.main(["topics", "list"]) == 130
