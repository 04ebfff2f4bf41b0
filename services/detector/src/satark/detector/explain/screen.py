"""How `satark explain` shows an incident: who and when, each event with its evidence, and a chart of each metric."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from satark.detector.explain import alarms, evidence
from satark.detector.explain.chart import WIDTH, Chart, Mark, chart, points
from satark.detector.explain.stories import Story
from satark.detector.explain.words import Clock, duration, metric_words, number, place, printable
from satark.schemas.alarms import AlarmView
from satark.schemas.incidents import IncidentEvent, Severity

MAX_CHARTS = 6
AXIS_WIDTH = 9
SEVERITIES = {
    Severity.MINOR: "yellow",
    Severity.WARNING: "yellow",
    Severity.MAJOR: "red",
    Severity.CRITICAL: "bold red",
}
LEGEND = "● beyond the limit   • within it   ░ normal   empty: the events carry no sample"
MARKS = {Mark.EMPTY: "", Mark.BAND: "green", Mark.LIMIT: "yellow", Mark.NORMAL: "", Mark.ANOMALOUS: "bold red"}


def show(console: Console, story: Story, clock: Clock) -> None:
    """Print one incident."""
    _line(console, *title(story, clock))
    for event in story.events:
        _line(console, "")
        _line(console, evidence.headline(event, clock), SEVERITIES[event.severity])
        console.print(_table(event, clock) if event.alarm is None else _alarm(event.alarm))
    if story.left_out:
        _line(console, f"{story.left_out} events between the first and these are left out")
    shown = story.metrics()
    for metric in shown[:MAX_CHARTS]:
        _show_chart(console, story, metric, clock)
    if shown:
        _line(console, f"\n{LEGEND}", "dim")
    if rest := shown[MAX_CHARTS:]:
        _line(console, f"no chart of {', '.join(metric_words(metric).title for metric in rest)}")


def title(story: Story, clock: Clock) -> tuple[str, str]:
    """Return the first lines of an incident, and their style."""
    last, ended = story.last, story.resolved
    length = f"until {clock.moment(ended.ended_at)}, {duration(ended.duration_s)}" if ended else "not yet resolved"
    lines = [
        f"{place(last)}: {last.severity.value} incident {last.incident}",
        f"{printable(last.entity)}{_named(last)}",
        f"from {clock.moment(last.opened_at)} {length}; samples of {duration(last.interval_s)}",
    ]
    return "\n".join(lines), "bold"


def _named(event: IncidentEvent) -> str:
    names = [
        f"{name} {printable(event.labels[name])}" for name in ("isp", "interface", "site") if event.labels.get(name)
    ]
    return f" ({', '.join(names)})" if names else ""


def _table(event: IncidentEvent, clock: Clock) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in evidence.COLUMNS:
        right = column in evidence.NUMERIC
        table.add_column(column, justify="right" if right else "left", overflow="fold", no_wrap=right)
    for symptom in sorted(event.symptoms, key=lambda symptom: (not symptom.active, -abs(symptom.distance))):
        cells = evidence.cells(symptom, event, clock)
        table.add_row(*(Text(cell) for cell in cells), style="" if symptom.active else "dim")
    return table


def _alarm(alarm: AlarmView) -> Table:
    table = Table(
        box=None, pad_edge=False, header_style="dim", title=Text(alarms.headline(alarm)), title_justify="left"
    )
    for column in alarms.COLUMNS:
        table.add_column(column, overflow="fold")
    for row in alarms.rows(alarm):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _show_chart(console: Console, story: Story, metric: str, clock: Clock) -> None:
    told = story.told_of(metric)
    room = min(WIDTH, max(console.width - AXIS_WIDTH - 20, 20))
    made = chart(points(told), told[0].baseline, told[0].limit, story.last.interval_s, width=room)
    if made is None:
        return
    _line(console, f"\n{metric_words(metric).title}", "bold")
    for text in drawn(made, told[0].since, clock):
        console.print(text, soft_wrap=True)


def drawn(made: Chart, since: datetime, clock: Clock) -> Sequence[Text]:
    """Return a chart's lines: an axis of values at the left, of time below with the beginning of the trouble marked."""
    lines = []
    for row, marks in enumerate(made.rows):
        value, note = made.ticks.get(row, (None, ""))
        line = Text(f"{'' if value is None else number(value):>{AXIS_WIDTH}} {'│' if value is None else '┤'}")
        for mark in marks:
            line.append(mark.value, MARKS[mark])
        lines.append(line.append(f" {note}" if note else "", "dim"))
    indent = " " * (AXIS_WIDTH + 2)
    at = made.column(since)
    lines.append(Text(f"{indent}{' ' * at}▲ {clock.hour(since)}"))
    first, last = clock.moment(made.start), clock.moment(made.time(made.width - 1))
    lines.append(Text(f"{indent}{first} to {last}, {duration(made.column_s)} a column", "dim"))
    return lines


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style), soft_wrap=True)
