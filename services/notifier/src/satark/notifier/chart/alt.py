"""What one would see in a picture, in words: for readers without images, and for those who cannot see. Pure."""

from datetime import UTC
from math import isfinite

from satark.notifier.chart.course import Course, Panel
from satark.notifier.chart.scales import when
from satark.notifier.mail import wording


def alt(shown: Course) -> str:
    """Return a sentence or two for each metric, and since when the incident lasts."""
    return " ".join([*(_of_panel(panel) for panel in shown.panels), _of_incident(shown)])


def _of_panel(panel: Panel) -> str:
    unit = panel.words.unit
    parts = [f"now {wording.with_unit(panel.now, unit)}"] if isfinite(panel.now) else []
    if panel.normal is not None:
        low, high = (wording.brief(value) for value in panel.normal)
        parts.append(f"normal {low} to {high}")
    if panel.peak is not None:
        parts.append(f"peak {wording.with_unit(panel.peak.value, unit)} at {moment(panel.peak.at_s)}")
    return f"{panel.words.title}: {', '.join(parts) or 'not known'}."


def _of_incident(shown: Course) -> str:
    began, ended = moment(shown.began_s), moment(shown.ended_s)
    return f"Bad from {began} to {ended}." if shown.is_over else f"Bad since {began}."


def moment(at_s: float) -> str:
    """Return a time in UTC: `12:05 UTC on 2026-11-21`."""
    instant = when(at_s)
    return "an unknown time" if instant is None else f"{instant.astimezone(UTC):%H:%M UTC on %Y-%m-%d}"
