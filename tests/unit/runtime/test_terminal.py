import pytest

from satark.runtime.terminal import PIPE_WIDTH, console


class TestConsole:
    def test_a_pipe_is_wide(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Where stdout is no terminal, lines are not folded at eighty columns."""
        console().print("x" * 200)

        assert capsys.readouterr().out == "x" * 200 + "\n"
        assert console().width == PIPE_WIDTH

    def test_a_terminal_is_as_wide_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A terminal's own width is kept."""
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "90")

        assert console().width == 90
