"""How `satark poller check` shows what it found: tables for people, JSON for programs, and progress on a terminal."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import msgspec
import structlog
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from satark.poller.check.findings import Examination, Finding, Verdict
from satark.runtime.terminal import console

STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.SKIPPED: "dim",
    Verdict.FORBIDDEN: "bold red",
    Verdict.UNKNOWN: "bold red",
    Verdict.FAILED: "bold red",
}


class Progress:
    """Says on stderr what is being asked, where that is a terminal."""

    def __init__(self, screen: Console | None = None) -> None:
        screen = screen or Console(stderr=True)
        self._status: Status | None = screen.status("…") if screen.is_terminal else None

    def __call__(self, text: str) -> None:
        """Show what is being asked now."""
        if self._status is not None:
            self._status.update(Text(text))

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()


@contextmanager
def in_silence() -> Iterator[None]:
    """Keep the poller's logs off the screen: what they would say is in the tables."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def show(found: Sequence[Examination]) -> None:
    """Print a table for each orchestrator."""
    screen = console()
    for examination in found:
        table = Table("what", "verdict", "detail", title=Text(_title(examination)), title_justify="left")
        for finding in examination.findings:
            table.add_row(*_row(finding))
        screen.print(table)


def show_json(found: Sequence[Examination]) -> None:
    """Print a list with an object for each orchestrator."""
    rows = [msgspec.to_builtins(examination) | {"readable": examination.readable} for examination in found]
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n")


def _title(examination: Examination) -> str:
    counted = {"enterprises": examination.enterprises, "edges": examination.edges, "links": examination.links}
    counts = ", ".join(f"{number} {what}" for what, number in counted.items() if number is not None)
    return f"{examination.orchestrator} ({examination.driver})" + (f": {counts}" if counts else "")


def _row(finding: Finding) -> tuple[Text, Text, Text]:
    """Return a row's texts: what an orchestrator says is shown as it is, not as markup."""
    return Text(finding.what), Text(finding.verdict.value, style=STYLES[finding.verdict]), Text(finding.detail)
