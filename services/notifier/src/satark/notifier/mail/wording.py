"""What numbers, times and metrics are called in a mail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor, log10
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from satark.notifier.mail.headers import clean
from satark.schemas.incidents import Cause, IncidentEvent, Symptom
from satark.schemas.metrics import WAN_LINK
from satark.schemas.states import ORCHESTRATOR

DIRECTIONS = {"rx": "download", "tx": "upload"}
"""Seen from the site: Rx is what the edge receives."""

UNITS = {"ms": "ms", "pct": "%", "s": "s", "bytes": "bytes", "kbps": "kbit/s", "mbps": "Mbit/s", "bps": "bit/s"}
QUANTITIES = {"loss": "packet loss"}

NAME_CHARS = 120
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
_MINUTES_LIMIT_S = 2 * HOUR_S


@dataclass(frozen=True, slots=True)
class MetricWords:
    """A metric's name taken apart: `latency_ms_rx` is the quantity latency, in ms, download."""

    quantity: str
    unit: str
    direction: str

    @property
    def title(self) -> str:
        """For example `Latency (download, ms)`."""
        notes = ", ".join(note for note in (self.direction, self.unit) if note)
        name = self.quantity[:1].upper() + self.quantity[1:]
        return f"{name} ({notes})" if notes else name

    @property
    def short(self) -> str:
        """For example `download latency`."""
        return f"{self.direction} {self.quantity}".strip()


def metric_words(name: str) -> MetricWords:
    """Return the words for a metric; unknown names are read by the same rule: quantity, unit, direction."""
    parts = clean(name, NAME_CHARS).split("_")
    direction = DIRECTIONS.get(parts[-1], "") if len(parts) > 1 else ""
    if direction:
        parts.pop()
    unit = UNITS.get(parts[-1], "") if len(parts) > 1 else ""
    if unit:
        parts.pop()
    quantity = " ".join(part for part in parts if part)
    return MetricWords(QUANTITIES.get(quantity, quantity), unit, direction)


def number(value: float) -> str:
    """Return a value rounded for reading, always with a decimal: 100.0, 0.25, 0.0042."""
    size = abs(value)
    if size >= 1e15:  # noqa: PLR2004 - beyond this a float has no exact decimals
        return f"{value:.3g}"
    digits = 2 if size >= 0.01 or not size else min(1 - floor(log10(size)), 12)  # noqa: PLR2004 - the rounding
    text = f"{value:.{digits}f}".rstrip("0")
    text = f"{text}0" if text.endswith(".") else text
    return text.removeprefix("-") if not float(text) else text


def brief(value: float) -> str:
    """Return a value as short as it can be read: 100, 2.5."""
    return number(value).removesuffix(".0")


def with_unit(value: float, unit: str) -> str:
    """Return a value with its unit: `100 ms`."""
    return f"{brief(value)} {unit}".strip()


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: `35 min`, `1 h 5 min`, `2 d 3 h`."""
    whole = max(0, int(seconds))
    if whole < MINUTE_S:
        return f"{whole} s"
    days, rest = divmod(whole, DAY_S)
    hours, rest = divmod(rest, HOUR_S)
    parts = [(days, "d"), (hours, "h"), (rest // MINUTE_S, "min")]
    first = next(i for i, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def window(seconds: int) -> str:
    """Return the length of a history: `60 minutes`, `24 hours`, `7 days`."""
    if seconds >= 2 * DAY_S and seconds % DAY_S == 0:
        return counted(seconds // DAY_S, "day")
    if seconds > _MINUTES_LIMIT_S and seconds % HOUR_S == 0:
        return counted(seconds // HOUR_S, "hour")
    if seconds >= MINUTE_S:
        return counted(round(seconds / MINUTE_S), "minute")
    return counted(seconds, "second")


def moment(time: datetime, timezone: str | None = None) -> str:
    """Return an instant in UTC, and in the site's own time where its zone is known."""
    text = f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    local = _local(time, timezone)
    return f"{text} ({local:%H:%M} {clean(timezone or '', 60)})" if local else text


def rounded(seconds: float) -> str:
    """Return a length of time in its largest unit, for a subject: `4 h`."""
    long = duration(seconds).split(" ")
    return " ".join(long[:2])


def since(time: datetime, now: datetime) -> str:
    """Return the time of day of an instant, with the day if `now` is another."""
    same_day = time.astimezone(UTC).date() == now.astimezone(UTC).date()
    return clock(time) if same_day else moment(time)


def clock(time: datetime) -> str:
    """Return the time of day in UTC: `11:55 UTC`."""
    return f"{time.astimezone(UTC):%H:%M} UTC"


def interval(start: datetime, end: datetime) -> str:
    """Return a stretch of time within a day or over several: `11:55-12:00 UTC on 2026-11-21`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start.date() == end.date() or f"{end:%H%M}" == "0000":
        return f"{start:%H:%M}-{end:%H:%M} UTC on {start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def place(event: IncidentEvent) -> str:
    """Return where it is, alike in all mails of an incident: `EDGE / LINK`, an orchestrator, `TYPE / OBJECT`, or its key."""
    labels = ("orchestrator",) if event.kind == ORCHESTRATOR else ("edge", "link")
    if event.alarm is not None:
        labels = ("type", "object")
    names = [clean(event.labels.get(name, ""), NAME_CHARS) for name in labels]
    return " / ".join(name for name in names if name) or clean(event.entity, NAME_CHARS)


def whereabouts(event: IncidentEvent) -> str:
    """Return where it is as part of a sentence: `WAN BT Business Broadband at edge LDN-vVCE`."""
    edge, link = (clean(event.labels.get(name, ""), NAME_CHARS) for name in ("edge", "link"))
    if event.kind == WAN_LINK and edge and link:
        return f"WAN {link} at edge {edge}"
    return place(event)


def sentence(event: IncidentEvent, symptom: Symptom) -> str:
    """Return what was seen of one metric against its normal, with the true distance, or against its absolute limit."""
    normal = symptom.baseline
    seen = f"{metric_words(symptom.metric).title} of {whereabouts(event)} is {number(symptom.value)}"
    if symptom.cause in _MEANINGS:
        return _compared(seen, symptom, _MEANINGS[symptom.cause])
    if not normal.n:
        return f"{seen}; more than {number(symptom.limit)} is too much, whatever is usual."
    spread = f"standard deviation {number(normal.spread)}"
    if normal.spread < normal.floor:
        spread += f", taken as at least {number(normal.floor)}"
    side = "below" if symptom.distance < 0 else "above"
    return (
        f"{seen}, {_counted_number(symptom.distance)} {side} the mean of {number(normal.centre)} ({spread}) "
        f"of the {window(normal.window_s)} before."
    )


_MEANINGS = {
    Cause.UNUSUAL: "usual for this link at this time of day is {centre}; more than {limit} is not",
    Cause.RECENT: "of late it was {centre}; more than {limit} is worse than this link's noise",
    Cause.SHIFT: "its level was {centre} and has shifted; more than {limit} is not normal for it",
    Cause.NOVEL: "nothing like it was seen before; normal is {centre}, up to {limit}",
    Cause.RATE: "{window} before it was as low as {centre}; more than {limit} is too fast a rise",
}


def _compared(seen: str, symptom: Symptom, meaning: str) -> str:
    """Return what a value was compared with: the limit says it in the metric's unit, for spreads are nobody's unit."""
    normal = symptom.baseline
    said = meaning.format(
        centre=number(normal.centre), limit=number(symptom.limit), window=f"in the {window(normal.window_s)}"
    )
    samples = f" ({counted(normal.n, 'sample')} behind it)" if normal.n else ""
    return f"{seen}; {said}{samples}."


def distance_note(event: IncidentEvent) -> str:
    """Return what the distances of an incident's table are counted in."""
    if any(symptom.cause in _MEANINGS for symptom in event.symptoms):
        return "spreads from what is normal, or the least rises that matter where those are larger"
    return "standard deviations from the mean"


def distance_unit(symptom: Symptom) -> str:
    """Return what one symptom's distance is counted in."""
    return "spreads" if symptom.cause in _MEANINGS else "sd"


def _counted_number(distance: float) -> str:
    text = f"{abs(distance):.1f}"
    return f"{text} standard deviation" + ("" if text == "1.0" else "s")


def counted(count: int, noun: str) -> str:
    """Return a number of things: `1 sample`, `2 samples`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _local(time: datetime, timezone: str | None) -> datetime | None:
    if not timezone:
        return None
    try:
        local = time.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return local if local.utcoffset() else None
