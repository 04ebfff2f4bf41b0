"""How normals are shown on a terminal: a line for each metric of each entity."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from satark.detector.explain.words import Clock, duration, metric_words, number, place
from satark.schemas.baselines import BaselineState, EntityBaseline, MetricBaseline

COLUMNS = ("link", "metric", "state", "centre", "low", "high", "limit", "samples", "")
NUMBERS = (3, 4, 5, 6, 7)
NONE = "-"


def show(console: Console, baselines: Sequence[EntityBaseline], clock: Clock) -> None:
    """Print what is normal for entities."""
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="dim")
    for column in NUMBERS:
        table.columns[column].justify = "right"
    for baseline in baselines:
        where = place(baseline)
        for name, metric in sorted(baseline.metrics.items()):
            table.add_row(Text(where), *_cells(name, metric))
            where = ""
    console.print(table)
    console.print(Text("\n" + summary(baselines, clock)), soft_wrap=True)


def summary(baselines: Sequence[EntityBaseline], clock: Clock) -> str:
    """Return how many there are, how many of them learn, and of when they are."""
    learning = sum(each.state is BaselineState.LEARNING for each in baselines)
    since, until = min(each.time for each in baselines), max(each.until for each in baselines)
    entities = f"{len(baselines):,} {'entity' if len(baselines) == 1 else 'entities'}"
    return f"{entities}, {learning:,} learning; from {clock.moment(since)} to {clock.hour(until, beside=since)}"


def _cells(name: str, metric: MetricBaseline) -> list[Text]:
    learns = metric.state is BaselineState.LEARNING
    values = (_shown(each) for each in (metric.centre, metric.low, metric.high, metric.limit))
    return [
        Text(metric_words(name).title),
        Text(metric.state.value, style="yellow" if learns else ""),
        *values,
        Text(f"{metric.n:,}"),
        Text(_wanted(metric), style="dim"),
    ]


def _shown(value: float | None) -> Text:
    return Text(NONE if value is None else number(value))


def _wanted(metric: MetricBaseline) -> str:
    samples = f"{metric.wanted_samples} samples" if metric.wanted_samples else ""
    time = duration(metric.wanted_s) if metric.wanted_s else ""
    return " and ".join(part for part in (samples, time) if part) + (" more" if samples or time else "")
