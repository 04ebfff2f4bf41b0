import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from satark.runtime.checking import screen
from satark.runtime.checking.findings import Finding, State

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BAD = Finding(part="topics", what="t", state=State.BAD, detail="missing [bold]", todo="satark topics apply")
WELL = Finding(part="topics", what="u", state=State.OK)


def drawn(findings: list[Finding], *, whole: bool = False) -> str:
    """Return the table as text."""
    console = Console(file=io.StringIO(), width=200)
    console.print(screen.table(findings, whole=whole))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_row_says_what_how_why_and_what_to_do() -> None:
    """Texts are shown as they are, not as marks of rich."""
    [_, row] = drawn([BAD]).splitlines()

    assert ["topics", "t", "bad", "missing", "[bold]", "satark", "topics", "apply"] == row.split()


def test_a_table_is_bounded() -> None:
    """What is left out is said, with how to see it."""
    lines = drawn([BAD] * 250, whole=True).splitlines()

    assert 1 + screen.MAX_ROWS + 1 == len(lines)
    assert "and 50 more" in lines[-1]


def test_all_means_all() -> None:
    """With --all those that are well have their lines too."""
    assert 1 + 9 == len(drawn([WELL] * 9, whole=True).splitlines())
    assert 1 + 1 == len(drawn([WELL] * 9).splitlines())


def test_the_last_line_counts() -> None:
    """The gravest first."""
    assert "bad: 1 bad, 2 ok (10:00:00 UTC)" == screen.summary([WELL, BAD, WELL], NOW).plain


def test_json_has_everything(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """One object on one line."""
    screen.write_json([BAD], NOW)

    [line] = capfdbinary.readouterr().out.splitlines()
    finding = {"part": "topics", "what": "t", "state": "bad", "detail": "missing [bold]", "todo": "satark topics apply"}
    assert {"time": "2026-03-02T10:00:00Z", "state": "bad", "findings": [finding]} == json.loads(line)
