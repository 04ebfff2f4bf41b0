"""A backtest as one SVG: a lane for each link, the running rules' incidents above, the new rules' below. Pure.

All texts are escaped; colours are variables, so that a page or the reader's preference can make it dark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from satark.detector.explain.words import Clock, duration, metric_words, printable
from satark.detector.replay.backtest.axis import Axis
from satark.detector.replay.backtest.comparison import Change, Difference
from satark.detector.replay.backtest.episodes import Episode
from satark.detector.replay.backtest.report import Report
from satark.detector.replay.backtest.totals import by_link
from satark.schemas.incidents import Severity

MAX_LANES = 300
"""Lanes of one picture, about 200 kB; the links with the most differences have theirs."""

WIDTH, LABELS, VERSIONS, RIGHT = 1200, 230, 58, 16
HEAD, LANE, FOOT, BAR, GAP, LEGEND = 30, 38, 46, 12, 4, 90
MIN_BAR, NOTCH, NOTCHED = 5, 2, 9
LABEL_CHARS = 36
TITLE = "Incidents of each link, by the running and by the new rules"

STYLE = """
.satark { --paper: #ffffff; --ink: #1c2733; --muted: #5b6b7b; --rule: #dfe5ea; --band: #f5f7f9;
  --same: #8794a3; --changed: #b26a00; --gained: #1668c7; --lost: #c43048; }
@media (prefers-color-scheme: dark) { .satark { --paper: #14191f; --ink: #e6ebf0; --muted: #9aa8b6; --rule: #2e3843;
  --band: #1a2129; --same: #7c8a99; --changed: #e0a03c; --gained: #5ba6f5; --lost: #f0707f; } }
svg.satark { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; }
svg.satark text { fill: var(--ink); } svg.satark .muted { fill: var(--muted); font-size: 10px; }
svg.satark .rule { stroke: var(--rule); } svg.satark .band { fill: var(--band); }
svg.satark .same { fill: var(--same); } svg.satark .changed { fill: var(--changed); }
svg.satark .gained { fill: var(--gained); } svg.satark .lost { fill: var(--lost); }
svg.satark .warning { fill-opacity: 0.6; } svg.satark .told { fill: var(--ink); }
"""


@dataclass(frozen=True, slots=True)
class Lane:
    """One link and its incidents."""

    name: str
    entity: str
    differences: tuple[Difference, ...]


def lanes(report: Report) -> list[Lane]:
    """Return the lanes of a picture: the links with the most differences first, at most MAX_LANES."""
    chosen = list(by_link(report.differences).items())[:MAX_LANES]
    found: dict[str, list[Difference]] = {entity: [] for entity, _ in chosen}
    for difference in report.differences:
        if difference.either.entity in found:
            found[difference.either.entity].append(difference)
    return [Lane(row.name, entity, tuple(found[entity])) for entity, row in chosen]


def svg(report: Report, shown: Sequence[Lane], clock: Clock, *, alone: bool = False) -> str:
    """Return the drawing; `alone` for one that is its own file, with its style and a ground to be read on."""
    lanes_end = HEAD + LANE * len(shown) + GAP
    height = lanes_end + (FOOT if alone else 0)
    axis = Axis(report.start, report.end, LABELS + VERSIONS, WIDTH - LABELS - VERSIONS - RIGHT)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [f'<svg class="satark" xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{TITLE}">']
    if alone:
        parts.append(f'<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" style="fill: var(--paper)"/>')
    parts += [
        f'<rect class="band" y="{HEAD + LANE * i}" width="{WIDTH}" height="{LANE}"/>' for i in range(0, len(shown), 2)
    ]
    parts += _grid(axis, clock, lanes_end)
    for number, lane in enumerate(shown):
        parts += _lane(lane, HEAD + LANE * number, axis, report, clock)
    if alone:
        parts += _legend(report, lanes_end)
    return "\n".join([*parts, "</svg>"])


def _legend(report: Report, top: int) -> Iterator[str]:
    yield f'<text x="8" y="{top + 16}">{escape(f"new: {report.new}; running: {report.running}")}</text>'
    for number, change in enumerate(Change):
        x = 8 + LEGEND * number
        yield f'<rect class="{change.value}" x="{x}" y="{top + 26}" width="{BAR}" height="{BAR}" rx="2"/>'
        yield f'<text x="{x + BAR + GAP}" y="{top + 36}">{change.value}</text>'


def _grid(axis: Axis, clock: Clock, height: int) -> Iterator[str]:
    for x, name in axis.ticks(clock):
        yield f'<line class="rule" x1="{x}" x2="{x}" y1="{HEAD - GAP}" y2="{height}"/>'
        yield f'<text class="muted" x="{x}" y="{HEAD - 2 * GAP}" text-anchor="middle">{escape(name)}</text>'


def _lane(lane: Lane, top: int, axis: Axis, report: Report, clock: Clock) -> Iterator[str]:
    name = lane.name if len(lane.name) <= LABEL_CHARS else f"{lane.name[: LABEL_CHARS - 1]}…"
    rows = top + (LANE - 2 * BAR - GAP) // 2, top + (LANE + GAP) // 2
    yield f'<text x="8" y="{top + LANE // 2 + GAP}">{escape(name)}<title>{escape(printable(lane.entity))}</title></text>'
    for row, version in zip(rows, ("running", "new"), strict=True):
        yield f'<text class="muted" x="{LABELS}" y="{row + BAR - 2}">{version}</text>'
    for difference in lane.differences:
        for row, episode in zip(rows, (difference.running, difference.new), strict=True):
            if episode is not None:
                yield _bar(episode, difference, row, axis, report, clock)


def _bar(episode: Episode, difference: Difference, row: int, axis: Axis, report: Report, clock: Clock) -> str:
    x = axis.x(episode.began)
    width = max(round(axis.x(episode.until(report.end)) - x, 1), MIN_BAR)
    mild = " warning" if episode.severity is Severity.WARNING else ""
    title = f"<title>{escape(caption(episode, difference, clock))}</title>"
    colour = f"{difference.change.value}{mild}"
    bar = f'<rect class="{colour}" x="{x}" y="{row}" width="{width}" height="{BAR}" rx="2"/>'
    if width >= NOTCHED:
        bar += f'<rect class="told" x="{axis.x(episode.told)}" y="{row}" width="{NOTCH}" height="{BAR}"/>'
    return f"<g>{title}{bar}</g>"


def caption(episode: Episode, difference: Difference, clock: Clock) -> str:
    """Return what an incident's bar says to who points at it."""
    lines = [f"{difference.change.value}: {episode.severity.value} from {clock.moment(episode.began)}"]
    if difference.change is not Change.SAME:
        lines += difference.notes()
    lasted = f"lasted {duration((episode.ended - episode.began).total_seconds())}" if episode.ended else "not ended"
    names = ", ".join(metric_words(metric).name for metric in episode.metrics)
    return "\n".join([*lines, f"told {clock.moment(episode.told)}, {lasted}", names, f"incident {episode.incident}"])
