"""How a course is laid out on a sheet: a panel for each metric, one time axis below them, and what the signs mean.

Sizes are CSS pixels. A mail is 640 wide; a phone shows it at half of that or less, so the words are large and few.
Nothing is told by colour alone: samples beyond the limit are diamonds, the limit is dashed, the incident has an edge.
"""

from collections.abc import Iterable, Sequence
from math import nan
from typing import Any

from satark.notifier.chart import axis, legend, palette
from satark.notifier.chart.course import Course, Panel, Sample
from satark.notifier.chart.scales import ValueScale, axis_number
from satark.notifier.chart.sheet import Sheet

WIDTH = 640
PAD = 16
TEXT = 20
TITLE_ROW = 36
GAP = 12
PLOT_HEIGHTS = (190, 150, 125)
"""Of one panel, of two, of three."""
LABEL_ROOM = 28
"""Above the highest value, for the words at the peak."""
TICK_DISTANCE = 44
MAX_DOTS = 100
"""Of more samples, only those are dots that no line would show."""
TITLE_ROOM = 400
_CLOSE = 22
_PEAK_RISE = 19


class Frame:
    """Where things lie: the plots' left and right edge, and what a time's place between them is."""

    def __init__(self, shown: Course, left: float) -> None:
        self.left, self.right = left, WIDTH - PAD - 4.0
        self._start_s, self._width_s = shown.start_s, shown.end_s - shown.start_s

    def x(self, at_s: float) -> float:
        """Return a time's place; times beyond are put on the edge."""
        share = (at_s - self._start_s) / self._width_s
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)


class Plot:
    """Where a panel's values lie: between `top` and `bottom`."""

    def __init__(self, shown: Course, panel: Panel, top: float, height: float) -> None:
        values = [sample.value for sample in (*panel.samples, *_peaks(shown, panel))]
        values += [value for value in (panel.limit, *(panel.normal or ())) if value is not None]
        self.scale = ValueScale.of(values)
        self.top, self.bottom = top, top + height

    def y(self, value: float) -> float:
        """Return a value's place."""
        return self.bottom - self.scale.place(value) * (self.bottom - self.top - LABEL_ROOM)


def draw(shown: Course) -> tuple[bytes, int, int]:
    """Return the PNG file of a course, its width and its height as shown."""
    plot_height = PLOT_HEIGHTS[len(shown.panels) - 1]
    axis_top = PAD + len(shown.panels) * (TITLE_ROW + plot_height + GAP) - GAP
    legend_top = axis_top + axis.height(shown)
    height = legend_top + legend.HEIGHT + PAD
    sheet = Sheet(WIDTH, height, palette.CARD)
    tops = [PAD + TITLE_ROW + i * (TITLE_ROW + plot_height + GAP) for i in range(len(shown.panels))]
    plots = [Plot(shown, panel, top, plot_height) for panel, top in zip(shown.panels, tops, strict=True)]
    marks = [_marks(panel, plot) for panel, plot in zip(shown.panels, plots, strict=True)]
    widest = max(sheet.width_of(text, TEXT, bold=True) for each in marks for _, text, _ in each)
    frame = Frame(shown, PAD + max(widest, sheet.width_of(axis.LOCAL, axis.SIZE)) + 10)
    for panel, plot, each in zip(shown.panels, plots, marks, strict=True):
        _panel(sheet, shown, frame, panel, plot)
        _values(sheet, frame, each)
    axis.draw(sheet, shown, frame, axis_top, [(plot.top, plot.bottom) for plot in plots])
    legend.draw(sheet, PAD, legend_top, shown)
    return sheet.png(), WIDTH, height


def _marks(panel: Panel, plot: Plot) -> list[tuple[float, str, bool]]:
    """Return the marks of the value axis: place, text, and whether it is the limit, which takes room from the others."""
    count = int((plot.bottom - plot.top - LABEL_ROOM) / TICK_DISTANCE)
    at_limit = None if panel.limit is None else plot.y(panel.limit)
    marks = [
        (plot.y(value), axis_number(value), False)
        for value in plot.scale.ticks(count)
        if at_limit is None or abs(plot.y(value) - at_limit) >= _CLOSE
    ]
    return marks if panel.limit is None else [*marks, (plot.y(panel.limit), axis_number(panel.limit), True)]


def _values(sheet: Sheet, frame: Frame, marks: Iterable[tuple[float, str, bool]]) -> None:
    for y, text, is_limit in marks:
        colour = palette.LIMIT if is_limit else palette.SOFT
        sheet.words(frame.left - 8, y, text, colour, TEXT, bold=is_limit, ha="right")
        if not is_limit:
            sheet.line([(frame.left, y), (frame.right, y)], palette.GRID, zorder=1.5)


def _panel(sheet: Sheet, shown: Course, frame: Frame, panel: Panel, plot: Plot) -> None:
    title = sheet.fitted(panel.words.title, TITLE_ROOM, TEXT, bold=True)
    sheet.words(PAD, _title_y(plot), title, palette.INK, TEXT, bold=True)
    _incident(sheet, shown, frame, plot)
    if panel.normal is not None:
        low, high = (plot.y(value) for value in panel.normal)
        sheet.box(frame.left, high, frame.right, max(low, high + 1), palette.NORMAL, zorder=1.2, alpha=0.8)
        sheet.line([(frame.left, low), (frame.right, low)], palette.NORMAL_EDGE, zorder=1.6)
    if panel.limit is not None:
        y = plot.y(panel.limit)
        sheet.line([(frame.left, y), (frame.right, y)], palette.LIMIT, 1.6, zorder=2, dashes=(5, 3))
    sheet.line([(frame.left, plot.bottom), (frame.right, plot.bottom)], palette.AXIS, zorder=1.7)
    _samples(sheet, frame, panel, plot)
    _peak(sheet, shown, frame, panel, plot)


def _incident(sheet: Sheet, shown: Course, frame: Frame, plot: Plot) -> None:
    left, right = frame.x(shown.began_s), frame.x(shown.ended_s)
    sheet.box(left, plot.top + LABEL_ROOM, max(right, left + 2), plot.bottom, palette.INCIDENT, zorder=1)
    for at_s, x in ((shown.began_s, left), (shown.ended_s, right)):
        if shown.holds(at_s) and (shown.is_over or at_s == shown.began_s):
            sheet.line([(x, plot.top + LABEL_ROOM), (x, plot.bottom)], palette.INCIDENT_EDGE, 1.4, zorder=1.8)


def _samples(sheet: Sheet, frame: Frame, panel: Panel, plot: Plot) -> None:
    places: list[tuple[float, float]] = []
    for run in panel.runs:
        places += [(frame.x(sample.at_s), plot.y(sample.value)) for sample in run]
        places.append((nan, nan))
    sheet.line(places, palette.LINE, 2, zorder=3, solid_joinstyle="round")
    few = len(panel.samples) <= MAX_DOTS
    dots = [sample for run in panel.runs for sample in run if few or len(run) == 1]
    hot = [sample for sample in panel.samples if sample.anomalous]
    _dots(sheet, frame, plot, dots, palette.LINE, marker="o", markersize=5.0)
    _dots(sheet, frame, plot, hot, palette.HOT, marker="D", markersize=7.0 if few else 4.0)


def _dots(sheet: Sheet, frame: Frame, plot: Plot, samples: Sequence[Sample], colour: str, **style: Any) -> None:
    if samples:
        places = [(frame.x(sample.at_s), plot.y(sample.value)) for sample in samples]
        sheet.line(places, colour, 0, zorder=4, linestyle="", **style)


def _peaks(shown: Course, panel: Panel) -> tuple[Sample, ...]:
    """Return the peak, if it is within the picture."""
    return () if panel.peak is None or not shown.holds(panel.peak.at_s) else (panel.peak,)


def _peak(sheet: Sheet, shown: Course, frame: Frame, panel: Panel, plot: Plot) -> None:
    """Name the peak where it is; if it is older than the picture, beside the title."""
    if panel.peak is None:
        return
    text = f"peak {axis_number(panel.peak.value)}"
    if not shown.holds(panel.peak.at_s):
        sheet.words(frame.right, _title_y(plot), f"{text}, earlier", palette.LIMIT, TEXT, ha="right")
        return
    ring = {"marker": "o", "markersize": 13.0, "markerfacecolor": "none", "markeredgewidth": 1.6}
    _dots(sheet, frame, plot, [panel.peak], palette.LIMIT, **ring)
    half = sheet.width_of(text, TEXT, bold=True) / 2
    x = min(max(frame.x(panel.peak.at_s), frame.left + half + 2), frame.right - half)
    y = plot.y(panel.peak.value) - _PEAK_RISE
    sheet.words(x, y, text, palette.LIMIT, TEXT, bold=True, ha="center", zorder=5)


def _title_y(plot: Plot) -> float:
    return plot.top - TITLE_ROW / 2 - 2
