"""How a replay shows incidents: a line for each event as it is told, and what it all came to."""

from rich.console import Console
from rich.text import Text

from satark.detector.explain.screen import SEVERITIES
from satark.detector.explain.words import Clock, duration, metric_words, number, place, printable
from satark.detector.replay.judging import Tally
from satark.schemas.incident_groups import IncidentGroupEvent
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom

ID_CHARS = 8
PLACE_WIDTH = 34


def show_event(console: Console, event: IncidentEvent, clock: Clock) -> None:
    """Print one event in a line."""
    where = place(event)
    resolved = isinstance(event, IncidentResolved)
    line = Text(f"{clock.moment(event.time)}  {event.incident[:ID_CHARS]}  ")
    line.append(f"{event.__struct_config__.tag:<8}  ", "green" if resolved else "")
    line.append(f"{event.severity.value:<8}  ", "dim" if resolved else SEVERITIES[event.severity])
    line.append(f"{where:<{PLACE_WIDTH}}  ")
    line.append(said(event))
    if event.historical:
        line.append("  (for the record, nobody is told)")
        line.stylize("dim")
    console.print(line, soft_wrap=True)


def show_group(console: Console, event: IncidentGroupEvent, clock: Clock) -> None:
    """Print one event of a group in a line."""
    tag = event.__struct_config__.tag
    line = Text(f"{clock.moment(event.time)}  {event.group[:ID_CHARS]}  ")
    line.append(f"{tag:<8}  ", "green" if tag == "resolved" else "")
    line.append(f"{event.severity.value:<8}  ", "dim" if tag == "resolved" else SEVERITIES[event.severity])
    line.append(f"{printable(f'{event.dimension.value} {event.value}'):<{PLACE_WIDTH}}  ")
    line.append(f"group of {counted(event.member_count, 'incident')}, {event.open_count} open")
    console.print(line, soft_wrap=True)


def said(event: IncidentEvent) -> str:
    """Return what an event says: how long it lasted, or the worst of its metrics and how many more."""
    if isinstance(event, IncidentResolved):
        return f"after {duration(event.duration_s)}"
    active = [symptom for symptom in event.symptoms if symptom.active] or list(event.symptoms)
    worst = max(active, key=lambda symptom: abs(symptom.distance))
    more = f" and {len(active) - 1} more" if len(active) > 1 else ""
    return f"{event.reason.value.replace('_', ' ')}: {_seen(worst)}{more}"


def _seen(symptom: Symptom) -> str:
    words, normal = metric_words(symptom.metric), symptom.baseline
    usual = f"normal {number(normal.centre)}, limit " if normal.n else "limit "
    return f"{words.name} {number(symptom.value)} {words.unit}".rstrip() + f" ({usual}{number(symptom.limit)})"


def summary(tally: Tally, rejected: int, elapsed_s: float, clock: Clock) -> list[str]:
    """Return what a replay came to, in a few lines."""
    if tally.first is None or tally.last is None:
        return [f"no samples{f', {rejected} rejected' if rejected else ''}"]
    rate = f", {tally.samples / elapsed_s:,.0f} a second" if elapsed_s else ""
    seen = f"{counted(tally.samples, 'sample')} of {counted(len(tally.entities), 'link')}"
    ends = f"{tally.resolved} resolved, {tally.opened - tally.resolved} still open"
    grouped = f", {counted(tally.groups, 'group')}" if tally.groups else ""
    lines = [
        f"{seen} from {clock.moment(tally.first)} to {clock.moment(tally.last)}{rate}",
        f"{counted(tally.opened, 'incident')} opened, {ends}{grouped}",
    ]
    if tally.historical:
        lines.append(
            f"{counted(tally.historical, 'event')} for the record only, of which nobody is told (--all shows them)"
        )
    if rejected:
        lines.append(f"{rejected} rejected: no samples")
    return lines


def counted(count: int, noun: str) -> str:
    """Return a number of things in words: `1 link`, `1,200 links`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
