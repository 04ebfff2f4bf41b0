"""How `satark check` shows what it found: a table for people, JSON for programs, and progress on a terminal."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text

from satark.runtime.checking.findings import Finding, State, folded, worst

STYLES = {State.OK: "green", State.WARN: "yellow", State.UNKNOWN: "magenta", State.BAD: "bold red"}
MAX_ROWS = 200
"""A table is read by a person; JSON has everything."""


class Progress:
    """Says on stderr what is being asked, where that is a terminal."""

    def __init__(self, screen: Console | None = None) -> None:
        screen = screen or Console(stderr=True)
        self._status = screen.status("…") if screen.is_terminal else None

    def __call__(self, text: str) -> None:
        """Show what is being asked now."""
        if self._status is not None:
            self._status.update(Text(text))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it while the block runs."""
        if self._status is None:
            yield
            return
        with self._status:
            yield


def table(findings: Sequence[Finding], *, whole: bool) -> Table:
    """Return the findings as a table; those of a part that are all well are one row unless `whole`."""
    made = Table("part", "what", "state", "detail", "what to do", box=None, pad_edge=False)
    rows = list(findings) if whole else folded(findings)
    for finding in rows[:MAX_ROWS]:
        state = Text(finding.state, style=STYLES[finding.state])
        made.add_row(*map(Text, (finding.part, finding.what)), state, Text(finding.detail), Text(finding.todo))
    if len(rows) > MAX_ROWS:
        made.add_row("", f"and {len(rows) - MAX_ROWS} more", "", "", "satark check --json")
    return made


def summary(findings: Sequence[Finding], now: datetime) -> Text:
    """Return the last line: how it is with all of it."""
    state = worst(finding.state for finding in findings)
    counts = [(each, sum(finding.state is each for finding in findings)) for each in reversed(State)]
    text = ", ".join(f"{count} {each}" for each, count in counts if count)
    return Text.assemble((str(state), STYLES[state]), f": {text} ({now:%H:%M:%S} UTC)")


def write_json(findings: Sequence[Finding], now: datetime) -> None:
    """Write one JSON object on a line of its own."""
    told = {"time": now, "state": worst(finding.state for finding in findings), "findings": findings}
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.flush()


@contextmanager
def in_silence() -> Iterator[None]:
    """Keep logs off the screen: what they would say is in the table."""
    before, level = structlog.get_config(), logging.root.manager.disable
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
        structlog.configure(**before)
