"""What the signs of a picture mean: one row below it."""

from collections.abc import Callable

from satark.notifier.chart import palette
from satark.notifier.chart.course import Course
from satark.notifier.chart.sheet import Sheet

HEIGHT = 32
SIZE = 18
_SWATCH, _AFTER, _BETWEEN = 22, 6, 20


def draw(sheet: Sheet, left: float, top: float, shown: Course) -> None:
    """Draw the signs that the course has, with their meaning."""
    x, y = left, top + HEIGHT / 2 + 3
    for name, sign in _signs(shown):
        sign(sheet, x, y)
        sheet.words(x + _SWATCH + _AFTER, y, name, palette.INK, SIZE, ha="left")
        x += _SWATCH + _AFTER + sheet.width_of(name, SIZE) + _BETWEEN


def _signs(shown: Course) -> list[tuple[str, Callable[[Sheet, float, float], None]]]:
    known = [
        ("normal", _normal, any(panel.normal is not None for panel in shown.panels)),
        ("limit", _limit, any(panel.limit is not None for panel in shown.panels)),
        ("incident", _incident, True),
        ("beyond the limit", _hot, any(sample.anomalous for panel in shown.panels for sample in panel.samples)),
    ]
    return [(name, sign) for name, sign, is_there in known if is_there]


def _normal(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y - 7, x + _SWATCH, y + 7, palette.NORMAL)
    sheet.line([(x, y + 7), (x + _SWATCH, y + 7)], palette.NORMAL_EDGE, 1.4)


def _limit(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x, y), (x + _SWATCH, y)], palette.LIMIT, 1.6, dashes=(5, 3))


def _incident(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y - 7, x + _SWATCH, y + 7, palette.INCIDENT)
    sheet.line([(x, y - 8), (x, y + 8)], palette.INCIDENT_EDGE, 1.4)


def _hot(sheet: Sheet, x: float, y: float) -> None:
    sheet.line([(x + _SWATCH / 2, y)], palette.HOT, 0, linestyle="", marker="D", markersize=8)
