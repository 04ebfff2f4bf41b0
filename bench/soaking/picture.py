"""A soak as a picture: memory, what is open, work and lag over the days."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bench.soaking.watching import GROUPS, MIB, Row

WIDTH, HEIGHT = 11.0, 13.0
COLOURS = ("#1b6ca8", "#d1495b", "#edae49", "#00798c", "#6a4c93", "#5b8c5a", "#8d99ae", "#2b2d42")
GREY = "#d8dde3"


def draw(rows: Sequence[Row], names: Sequence[str], title: str, file: Path) -> None:
    """Write the picture, in the format that the file's name says."""
    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    figure.suptitle(title, fontsize=12, x=0.01, horizontalalignment="left")
    panels = figure.subplots(5, 1, sharex=True)
    days = [row.day for row in rows]
    courses: tuple[tuple[str, Sequence[str], Callable[[Row, str], float]], ...] = (
        ("own memory, MiB", names, lambda row, name: row.usage[name].own_bytes / MIB),
        ("file descriptors", names, lambda row, name: row.usage[name].fds),
        ("records that wait", GROUPS, lambda row, name: row.topics.lag[name]),
    )
    for panel, (label, of, value) in zip(panels, courses, strict=False):
        for number, name in enumerate(of):
            colour = COLOURS[names.index(name)] if name in names else COLOURS[number]
            panel.plot(days, [value(row, name) for row in rows], color=colour, linewidth=1.2, label=name)
        _finish(panel, label)
    _work(panels[3], rows, names)
    _kept(panels[4], rows)
    panels[-1].set_xlabel("days of the simulated week")
    figure.savefig(file, dpi=110)


def _work(panel: Any, rows: Sequence[Row], names: Sequence[str]) -> None:
    """CPU seconds a day, each point of a fortieth of the run: single looks say more of the machine's neighbours."""
    step = max(1, len(rows) // 40)
    some = [*rows[::step]]
    for number, name in enumerate(names):
        spans = [(one, two) for one, two in pairwise(some) if two.day > one.day]
        spent = [(two.usage[name].cpu_s - one.usage[name].cpu_s) / (two.day - one.day) for one, two in spans]
        panel.plot([two.day for _, two in spans], spent, color=COLOURS[number], linewidth=1.2, label=name)
    _finish(panel, "CPU seconds a day")


def _kept(panel: Any, rows: Sequence[Row]) -> None:
    days = [row.day for row in rows]
    panel.plot(days, [row.stored_bytes / MIB for row in rows], color=COLOURS[5], linewidth=1.2, label="store, MiB")
    panel.plot(days, [row.kafka_bytes / MIB for row in rows], color=COLOURS[7], linewidth=1.2, label="Kafka, MiB")
    panel.plot(
        days, [row.topics.samples / 1000 for row in rows], color=COLOURS[0], linewidth=1.2, label="samples, 1000"
    )
    panel.plot(days, [row.mails for row in rows], color=COLOURS[1], linewidth=1.2, label="mails")
    _finish(panel, "what is kept")


def _finish(panel: Any, label: str) -> None:
    panel.set_ylabel(label)
    panel.set_ylim(bottom=0)
    panel.grid(color=GREY, linewidth=0.6)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)
