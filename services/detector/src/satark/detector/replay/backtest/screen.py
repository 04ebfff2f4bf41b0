"""How a backtest is shown on a terminal: what was tried, each incident that differs, totals by link and week."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from satark.detector.explain.words import Clock, duration, metric_words
from satark.detector.replay.backtest.comparison import Change, Difference
from satark.detector.replay.backtest.report import Report
from satark.detector.replay.backtest.totals import Row, by_link, by_week, total
from satark.detector.replay.screen import PLACE_WIDTH, counted

STYLES = {Change.SAME: "dim", Change.CHANGED: "yellow", Change.GAINED: "bold blue", Change.LOST: "bold red"}
COUNTED = ("running", "new", "gained", "lost", "changed", "same")
MAX_LINKS = 20


def show(console: Console, report: Report, clock: Clock, *, limit: int) -> None:
    """Print a backtest; of the incidents that differ only the first `limit`."""
    _line(console, f"running: {report.running}\nnew:     {report.new}\n")
    _show_differing(console, report.differences, clock, limit=limit)
    if any(one.change is not Change.SAME for one in report.groups):
        _line(console, "\ngroups of incidents")
        _show_differing(console, report.groups, clock, limit=limit)
    rows = by_link(report.differences)
    shown = list(rows.values())[:MAX_LINKS]
    if shown:
        _line(console, "")
        console.print(_table("link", shown))
        if len(rows) > MAX_LINKS:
            _line(console, f"… and {len(rows) - MAX_LINKS} more links with incidents (--json, --picture)")
        _line(console, "")
        console.print(_table("week", [*by_week(report.differences).values(), total(report.differences)]))
    _line(console, "")
    for line in summary(report, clock):
        _line(console, line)


def _show_differing(console: Console, differences: Iterable[Difference], clock: Clock, *, limit: int) -> None:
    differing = [one for one in differences if one.change is not Change.SAME]
    for difference in differing[:limit]:
        console.print(_difference(difference, clock), soft_wrap=True)
    if len(differing) > limit:
        _line(console, f"… and {len(differing) - limit} more (--limit, --json, --picture)")


def summary(report: Report, clock: Clock) -> list[str]:
    """Return what a backtest came to, in a few lines."""
    row = total(report.differences)
    rates = [f"{report.watched.a_week(count):.3g}" for count in (row.running, row.new)]
    moved = [one.earlier_s for one in report.differences if one.earlier_s]
    earlier, later = sum(s > 0 for s in moved), sum(s < 0 for s in moved)
    seen = f"{counted(report.samples, 'sample')} of {counted(report.links, 'link')}"
    changes = [f"{row.changes[change]} {change.value}" for change in (Change.GAINED, Change.LOST, Change.CHANGED)]
    lines = [
        f"{seen} from {clock.moment(report.start)} to {clock.moment(report.end)}",
        f"{counted(row.running, 'incident')} now, {row.new:,} with the new rules",
        f"{', '.join(changes)} ({earlier} told earlier, {later} later)",
        f"for a link in a week: {rates[0]} now, {rates[1]} with the new rules",
    ]
    if report.groups:
        groups = total(report.groups)
        changes = [
            f"{groups.changes[change]} {change.value}" for change in (Change.GAINED, Change.LOST, Change.CHANGED)
        ]
        lines.insert(
            -1, f"{counted(groups.running, 'group')} now, {groups.new:,} with the new rules ({', '.join(changes)})"
        )
        lines.insert(
            -1, f"{counted(report.mails[0], 'mail')} about beginnings now, {report.mails[1]:,} with the new rules"
        )
    return [*lines, f"{report.rejected} rejected: no samples"] if report.rejected else lines


def _difference(difference: Difference, clock: Clock) -> Text:
    episode = difference.either
    line = Text(f"{clock.moment(episode.began)}  ")
    line.append(f"{difference.change.value:<9}", STYLES[difference.change])
    line.append(f"{episode.severity.value:<8}  {episode.place:<{PLACE_WIDTH}}  ")
    return line.append("; ".join(difference.notes()) or _told(difference))


def _told(difference: Difference) -> str:
    episode = difference.either
    names = ", ".join(metric_words(metric).name for metric in episode.metrics)
    names = f"{episode.members} members: {names}" if episode.members else names
    lasted = duration((episode.ended - episode.began).total_seconds()) if episode.ended else "not ended"
    return f"{names}, {lasted}"


def _table(name: str, rows: Iterable[Row]) -> Table:
    table = Table(name, *COUNTED, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        cells = [row.running, row.new, *(row.changes[Change(change)] for change in COUNTED[2:])]
        table.add_row(Text(row.name), *(str(cell) if cell else "-" for cell in cells))
    return table


def _line(console: Console, text: str) -> None:
    console.print(Text(text), soft_wrap=True)
