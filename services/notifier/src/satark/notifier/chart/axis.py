"""The time axis below the panels: UTC, the site's own time beside it where that is another, and the date."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from satark.notifier.chart import palette
from satark.notifier.chart.course import Course
from satark.notifier.chart.scales import DAY_S, time_ticks, when
from satark.notifier.chart.sheet import Sheet
from satark.notifier.mail.headers import clean

LOCAL = "local"
SIZE = 18
ROW = 25
MAX_TICKS = 5
ZONE_CHARS = 40
_MARK = 8


class Across(Protocol):
    """Where times lie from left to right."""

    left: float
    right: float

    def x(self, at_s: float) -> float:
        """Return a time's place."""
        ...


def height(shown: Course) -> int:
    """Return what the axis takes: a row for UTC, one for the site's time, and one for the date."""
    return _MARK + ROW * (3 if zone_of(shown) else 2)


def zone_of(shown: Course) -> ZoneInfo | None:
    """Return the site's zone; None if it is not known, or not other than UTC at the end of the picture."""
    end = when(shown.end_s)
    if not shown.timezone or end is None:
        return None
    try:
        zone = ZoneInfo(shown.timezone)
        return zone if end.astimezone(zone).utcoffset() else None
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return None


def draw(sheet: Sheet, shown: Course, across: Across, top: float, plots: Iterable[tuple[float, float]]) -> None:
    """Draw the axis below `top`, and its marks into the plots, given by their upper and lower edges."""
    zone = zone_of(shown)
    ticks, step_s = time_ticks(shown.start_s, shown.end_s, MAX_TICKS)
    for upper, lower in plots:
        for at_s in ticks:
            x = across.x(at_s)
            sheet.line([(x, upper), (x, lower)], palette.GRID, zorder=1.4)
    y = top + _MARK + ROW / 2
    for name, its in (("UTC", UTC), (LOCAL, zone)):
        if its is None:
            continue
        sheet.words(across.left - 8, y, name, palette.SOFT, SIZE, ha="right")
        for at_s in ticks:
            _tick(sheet, across, at_s, y, _label(when(at_s), its, step_s))
        y += ROW
    caption = sheet.fitted(_caption(shown, zone), across.right - across.left, SIZE)
    sheet.words(across.left, y, caption, palette.SOFT, SIZE, ha="left")


def _tick(sheet: Sheet, across: Across, at_s: float, y: float, text: str) -> None:
    half = sheet.width_of(text, SIZE) / 2
    sheet.words(
        min(max(across.x(at_s), across.left + half), across.right - half), y, text, palette.INK, SIZE, ha="center"
    )


def _label(instant: datetime | None, zone: ZoneInfo | object, step_s: int) -> str:
    try:
        local = None if instant is None else instant.astimezone(zone)  # type: ignore[arg-type]
    except OverflowError:
        local = None
    if local is None:
        return ""
    begins_a_day = (local.hour, local.minute) == (0, 0)
    return f"{local.day} {local:%b}" if begins_a_day or step_s >= DAY_S else f"{local:%H:%M}"


def _caption(shown: Course, zone: ZoneInfo | None) -> str:
    first, last = when(shown.start_s), when(shown.end_s)
    text = "" if first is None or last is None else _dates(first, last)
    return text if zone is None else f"{text}; local is {clean(zone.key, ZONE_CHARS)}"


def _dates(first: datetime, last: datetime) -> str:
    end = f"{last.day} {last:%b} {last.year}"
    if first.date() == last.date():
        return end
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} to {end}"
