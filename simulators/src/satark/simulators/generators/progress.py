"""What an operator sees of a running estate."""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.simulators.generators.estate import Progress
from satark.simulators.generators.hostile import Outcome


@dataclass(frozen=True, slots=True)
class Pace:
    """What was sent between two looks."""

    messages: int
    size_bytes: int
    seconds: float

    @classmethod
    def between(cls, before: Progress, after: Progress, seconds: float) -> "Pace":
        """Return what was sent from one look to the next, so many seconds later."""
        sent, sent_bytes = (after.books.sent - before.books.sent), (after.books.sent_bytes - before.books.sent_bytes)
        return cls(sent, sent_bytes, max(seconds, 1e-9))

    def __str__(self) -> str:
        return f"{self.messages / self.seconds:,.0f} messages/s, {self.size_bytes / self.seconds / 1e6:.2f} MB/s"


LATE_S = 1.0
"""From here on it is told that this machine does not keep pace with what it was asked for."""


def progress_line(progress: Progress, pace: Pace) -> str:
    """Return one line: sessions, messages, losses."""
    books = progress.books
    away = f" ({progress.cut_off} cut off on purpose)" if progress.cut_off else ""
    late = f", {progress.late_s:.0f} s late: too much for this machine" if progress.late_s >= LATE_S else ""
    return (
        f"tick {progress.tick}: {progress.sessions} of {progress.daemons} sessions{away}, "
        f"{books.sent:,} messages sent ({pace}), {books.dropped.total():,} dropped, {progress.restarts} restarts{late}"
    )


def summary(progress: Progress, outcomes: Mapping[str, Outcome]) -> str:
    """Return what is printed at the end, with the causes of losses and what the bad peers did."""
    books = progress.books
    lines = [
        f"{books.sent:,} messages, {books.sent_bytes:,} bytes sent by {progress.daemons} daemons",
        f"{books.kept:,} UVEs were told without a session, and went out with the next synchronisation",
    ]
    lines += [f"dropped {count:,}: {cause}" for cause, count in sorted(books.dropped.items())]
    lines += [
        f"{name}: {each.connections} connections, {each.refused} refused, {each.closed} ended by the collector, "
        f"{each.sent_bytes:,} bytes"
        for name, each in outcomes.items()
    ]
    return "\n".join(lines)
