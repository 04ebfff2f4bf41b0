"""Announced maintenance: windows in local time, and whether an instant lies in one. Pure.

A window keeps its wall clock: 02:00 to 04:00 is that in winter and in summer, and three or one hours long on the days
when clocks change. A beginning or an end that a change leaves out or brings twice is read so that the window is longer.
15 minutes after its end still belong to it, for routes need as long to settle.

Answers are kept by day (UTC), so that asking costs a look into a dictionary, whichever way time runs.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from satark.detector.rules.model import Calendar
from satark.detector.rules.patterns import Match
from satark.detector.rules.recurrence import Occurrences

MARGIN_S = 900
DAY_S = 86_400
MAX_DAYS_KEPT = 64
MAX_ZONES_KEPT = 1024
ZONE_LABEL = "timezone"

_SLACK = timedelta(days=2)
"""More than any zone is away from UTC, on both sides, and than any clock is changed by."""

_FIRST_DAY = datetime(1990, 1, 1, tzinfo=UTC).timestamp() // DAY_S
_LAST_DAY = datetime(2300, 1, 1, tzinfo=UTC).timestamp() // DAY_S
"""Within these no arithmetic of times can overflow."""

Span = tuple[float, float]


class Window:
    """A named window, once or recurring: `length` of wall clock from each beginning, in `zone` (None: the entity's own)."""

    def __init__(
        self, *, name: str, match: Match, occurrences: Occurrences, length: timedelta, zone: ZoneInfo | None
    ) -> None:
        self.name = name
        self.match = match
        self.zone = zone
        self._zone = zone or UTC
        self._occurrences = occurrences
        self._length = length
        self._spans_of_day = lru_cache(maxsize=MAX_DAYS_KEPT)(self._spans)
        self._in_zone = lru_cache(maxsize=MAX_ZONES_KEPT)(self._moved)

    def of(self, labels: Mapping[str, str]) -> "Window":
        """Return the window as it is for an entity: in its own zone, by its label, where it says so; UTC without one."""
        return self if self.zone is not None else self._in_zone(labels.get(ZONE_LABEL, ""))

    def __contains__(self, at: datetime) -> bool:
        """Return whether an instant (aware) lies in the window, its margin included."""
        instant = at.timestamp()
        return any(start <= instant < end for start, end in self._spans_of_day(int(instant // DAY_S)))

    def spans(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return when it is open between two instants, without margins, in order."""
        found = self._between(start.timestamp(), end.timestamp(), margin_s=0)
        return [(datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)) for low, high in found]

    def _moved(self, zone: str) -> "Window":
        return Window(
            name=self.name, match=self.match, occurrences=self._occurrences, length=self._length, zone=zone_of(zone)
        )

    def _spans(self, day: int) -> tuple[Span, ...]:
        if not _FIRST_DAY <= day < _LAST_DAY:
            return ()
        return tuple(self._between(day * DAY_S, (day + 1) * DAY_S, margin_s=MARGIN_S))

    def _between(self, low: float, high: float, *, margin_s: int) -> Iterator[Span]:
        first = self._local(low - margin_s) - self._length - _SLACK
        for start in self._occurrences.between(first, self._local(high) + _SLACK):
            begin = min(self._readings(start))
            end = max(self._readings(start + self._length)) + margin_s
            if begin < high and low < end:
                yield begin, end

    def _local(self, instant: float) -> datetime:
        return datetime.fromtimestamp(instant, self._zone).replace(tzinfo=None)

    def _readings(self, local: datetime) -> tuple[float, float]:
        """Return the instants that a local time may mean: they differ where clocks change."""
        aware = local.replace(tzinfo=self._zone)
        return aware.timestamp(), aware.replace(fold=1).timestamp()


def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its name, UTC where there is none of it: labels are what an orchestrator says."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


class Maintenance(Calendar):
    """The windows of an entity as one calendar."""

    __slots__ = ("windows",)

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self.windows = windows

    def __contains__(self, at: datetime) -> bool:
        """Return whether the instant (aware) lies in one of the windows."""
        return any(at in window for window in self.windows)
