"""What numbers, times, metrics and entities are called on a terminal. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

DIRECTIONS = {"rx": "download", "tx": "upload"}
"""Seen from the site: Rx is what the edge receives."""

UNITS = {"ms": "ms", "pct": "%", "s": "s", "bytes": "bytes", "kbps": "kbit/s", "mbps": "Mbit/s", "bps": "bit/s"}

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
_STEPS = ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class MetricWords:
    """A metric's name taken apart: `latency_ms_rx` is `download latency`, in `ms`."""

    name: str
    unit: str

    @property
    def title(self) -> str:
        """For example `download latency (ms)`."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def metric_words(name: str) -> MetricWords:
    """Return the words for a metric, whose name is made of quantity, unit and direction."""
    parts = printable(name).split("_")
    direction = DIRECTIONS[parts.pop()] if len(parts) > 1 and parts[-1] in DIRECTIONS else ""
    unit = UNITS[parts.pop()] if len(parts) > 1 and parts[-1] in UNITS else ""
    return MetricWords(" ".join(part for part in (direction, *parts) if part), unit)


def number(value: float) -> str:
    """Return a value with as many decimals as are worth reading: 1250, 31.3, 0.25, 0.0042."""
    if value == 0:
        return "0"
    text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004 - the rounding
    return text.removesuffix(".0")


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: `35 min`, `1 h 5 min`, `2 d 3 h`."""
    rest, parts = max(0, int(seconds)), []
    for length, unit in _STEPS:
        count, rest = divmod(rest, length)
        parts.append(f"{count} {unit}" if count else "")
    first = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    return " ".join(part for part in parts[first : first + 2] if part) or "0 s"


def printable(text: str) -> str:
    """Return a text in which nothing can move the cursor or colour the terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


class Named(Protocol):
    """What is about an entity."""

    @property
    def entity(self) -> str:
        """Its key."""
        ...

    @property
    def labels(self) -> dict[str, str]:
        """Its names."""
        ...


def place(event: Named) -> str:
    """Return where it is: `EDGE / LINK`, the object of an alarm, or the entity's key where that has no such names."""
    for labels in (("edge", "link"), ("type", "object")):
        if names := [printable(event.labels[name]) for name in labels if event.labels.get(name)]:
            return " / ".join(names)
    return printable(event.entity)


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are told: in a zone (None: that of this machine)."""

    zone: tzinfo | None = UTC

    def local(self, time: datetime) -> datetime:
        """Return the instant in the zone."""
        return time.astimezone(self.zone)

    def moment(self, time: datetime) -> str:
        """Return date, time of day and zone: `2026-03-10 11:50 UTC`."""
        return f"{self.local(time):%Y-%m-%d %H:%M %Z}"

    def hour(self, time: datetime, *, beside: datetime | None = None) -> str:
        """Return the time of day, with the date unless it is that of `beside`: `11:50`, `03-11 11:50`."""
        local = self.local(time)
        same = beside is None or local.date() == self.local(beside).date()
        return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"
