"""A backtest as one HTML page without anything from outside: totals, the drawing, and a table of what differs. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from satark.detector.explain.words import Clock, duration, metric_words
from satark.detector.replay.backtest import drawing
from satark.detector.replay.backtest.comparison import Change, Difference
from satark.detector.replay.backtest.report import Report
from satark.detector.replay.backtest.totals import Row, by_week, total

MAX_ROWS = 2_000
NONE = "–"  # noqa: RUF001 - a dash, for an eye
COLUMNS = ("link", "what", "began", "severity", "lasted", "metrics", "in the new version")
MEANINGS = {
    Change.GAINED: "only with the new rules",
    Change.LOST: "only with the running rules",
    Change.CHANGED: "told at another time, or of another severity or length",
    Change.SAME: "the same in both",
}

STYLE = """
* { box-sizing: border-box; } html { color-scheme: light dark; }
body { margin: 0; padding: 24px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 15px; margin: 28px 0 8px; } p { margin: 2px 0; }
.sub { color: var(--muted); } .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; }
.tile { border: 1px solid var(--rule); border-radius: 6px; padding: 8px 14px; } .tile b { display: block; font-size: 20px; }
.tile.gained b { color: var(--gained); } .tile.lost b { color: var(--lost); } .tile.changed b { color: var(--changed); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 0 0 8px; } .legend i { display: inline-block;
  width: 14px; height: 10px; border-radius: 2px; margin-right: 6px; } i.same { background: var(--same); }
i.changed { background: var(--changed); } i.gained { background: var(--gained); } i.lost { background: var(--lost); }
i.mild { opacity: 0.6; } i.told { width: 3px; background: var(--ink); }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--gained); }
table { border-collapse: collapse; } th, td { text-align: left; padding: 4px 14px 4px 0; vertical-align: top;
  border-bottom: 1px solid var(--rule); white-space: nowrap; } th { color: var(--muted); font-weight: 600; } td.n, th.n { text-align: right; }
td.gained { color: var(--gained); } td.lost { color: var(--lost); } td.changed { color: var(--changed); }
"""


def page(report: Report, clock: Clock) -> str:
    """Return the page."""
    lanes = drawing.lanes(report)
    period = f"{clock.moment(report.start)} to {clock.moment(report.end)}"
    seen = f"{report.samples:,} samples of {report.links:,} links"
    parts = [
        '<!doctype html>\n<html lang="en" class="satark">\n<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Backtest of {escape(report.new)}</title>\n<style>{drawing.STYLE}{STYLE}</style></head>\n<body>",
        f"<h1>Backtest of {escape(report.new)}</h1>",
        f"<p>against {escape(report.running)}</p>",
        f'<p class="sub">{escape(report.source)}, {escape(period)}, {escape(seen)}</p>',
        *_tiles(report),
        *_legend(),
        f'<div class="scroll" tabindex="0" role="region" aria-label="Timeline">{drawing.svg(report, lanes, clock)}</div>',
        f'<p class="sub">{escape(_without(report, len(lanes)))}</p>',
        *_weeks([*by_week(report.differences).values(), total(report.differences)]),
        *_differences("What differs", report.differences, clock),
        *(_differences("Groups of incidents that differ", report.groups, clock) if report.groups else ()),
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _tiles(report: Report) -> Iterator[str]:
    row = total(report.differences)
    yield '<div class="tiles">'
    for count, name in ((row.running, "running rules"), (row.new, "new rules")):
        rate = f"{report.watched.a_week(count):.3g} for a link in a week"
        yield f'<div class="tile"><b>{count:,}</b>incidents, {name}<br><span class="sub">{rate}</span></div>'
    for change in (Change.GAINED, Change.LOST, Change.CHANGED):
        yield f'<div class="tile {change.value}"><b>{row.changes[change]:,}</b>{change.value}</div>'
    if report.groups:
        yield f'<div class="tile"><b>{report.mails[0]:,} → {report.mails[1]:,}</b>mails about beginnings</div>'
    yield "</div>"


def _legend() -> Iterator[str]:
    yield '<div class="legend">'
    for change, meaning in MEANINGS.items():
        yield f'<span><i class="{change.value}"></i>{change.value}: {meaning}</span>'
    yield '<span><i class="same mild"></i>paler: a warning, not critical</span>'
    yield '<span><i class="told"></i>line: when people are told</span></div>'


def _without(report: Report, lanes: int) -> str:
    links = len({difference.either.entity for difference in report.differences})
    left = f"{links - lanes:,} more links with incidents have no lane. " if links > lanes else ""
    return f"{left}{report.links - links:,} of {report.links:,} links had no incident in either version."


def _weeks(rows: Iterable[Row]) -> Iterator[str]:
    yield "<h2>By week</h2><table><tr><th>week</th>"
    yield "".join(f'<th class="n">{name}</th>' for name in ("running", "new", *MEANINGS)) + "</tr>"
    for row in rows:
        cells = [row.running, row.new, *(row.changes[change] for change in MEANINGS)]
        numbers = "".join(f'<td class="n">{cell or NONE}</td>' for cell in cells)
        yield f"<tr><td>{escape(row.name)}</td>{numbers}</tr>"
    yield "</table>"


def _differences(title: str, differences: Sequence[Difference], clock: Clock) -> Iterator[str]:
    differing = [difference for difference in differences if difference.change is not Change.SAME]
    yield f"<h2>{title}</h2>"
    if not differing:
        yield "<p>Nothing: both versions tell the same.</p>"
        return
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><tr>'
    yield "".join(f"<th>{name}</th>" for name in COLUMNS) + "</tr>"
    for difference in differing[:MAX_ROWS]:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in _cells(difference, clock))
        change = difference.change.value
        yield f'<tr><td>{escape(difference.either.place)}</td><td class="{change}">{change}</td>{cells}</tr>'
    yield "</table></div>"
    if len(differing) > MAX_ROWS:
        yield f'<p class="sub">and {len(differing) - MAX_ROWS:,} more</p>'


def _cells(difference: Difference, clock: Clock) -> tuple[str, ...]:
    episode = difference.either
    return (
        clock.moment(episode.began),
        episode.severity.value,
        duration((episode.ended - episode.began).total_seconds()) if episode.ended else "not ended",
        ", ".join(metric_words(metric).name for metric in episode.metrics),
        "; ".join(difference.notes()) or NONE,
    )
