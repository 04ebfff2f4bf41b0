import io
import json
from datetime import UTC, datetime

import pytest
import structlog
from rich.console import Console

from satark.poller.check.findings import Examination, Finding, Verdict
from satark.poller.check.output import STYLES, Progress, in_silence, show, show_json


def examination() -> Examination:
    """Return one of everything."""
    findings = [Finding(verdict.name, verdict, f"[{verdict}] São Paulo") for verdict in Verdict]
    newest = datetime(2026, 3, 10, 12, tzinfo=UTC)
    return Examination(
        orchestrator="emea", url="https://x", driver="auto", findings=findings, links=0, newest=newest, data_delay_s=1.5
    )


class TestProgress:
    def test_terminal(self) -> None:
        """A terminal shows what is being asked, names as they are, and nothing of it remains."""
        screen = Console(file=io.StringIO(), force_terminal=True, width=80)
        with Progress(screen) as progress:
            progress("emea: edges ([bold]x) …")

        assert isinstance(screen.file, io.StringIO)
        assert "emea: edges ([bold]x) …" in screen.file.getvalue()

    def test_pipe(self) -> None:
        """A pipe gets nothing."""
        screen = Console(file=io.StringIO(), force_terminal=False)
        with Progress(screen) as progress:
            progress("emea: edges …")

        assert isinstance(screen.file, io.StringIO)
        assert screen.file.getvalue() == ""


class TestShow:
    def test_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Each finding is a row; texts are shown as they are."""
        show([examination()])

        text = capsys.readouterr().out
        assert "emea (auto): 0 links" in text
        assert [verdict for verdict in Verdict if f"[{verdict}] São Paulo" not in text] == []
        assert set(STYLES) == set(Verdict)

    def test_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        """JSON has the same and more."""
        show_json([examination()])

        (row,) = json.loads(capsys.readouterr().out)
        assert (row["newest"], row["data_delay_s"], row["edges"]) == ("2026-03-10T12:00:00Z", 1.5, None)
        assert row["readable"] is False
        assert row["findings"][0] == {"what": "OK", "verdict": "ok", "detail": "[ok] São Paulo"}


def test_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """Logs are silent meanwhile, and as before afterwards."""
    before = structlog.get_config()
    with in_silence():
        structlog.get_logger().error("loud")

    assert capsys.readouterr() == ("", "")
    assert structlog.get_config() == before
