"""What a mail says of one incident. Pure."""

from datetime import datetime, timedelta

from satark.notifier.events import RESOLVED, UPDATED, state_of
from satark.notifier.mail import alarms, blindness, closed, no_data, sparkline, wording
from satark.notifier.mail.certainty import certainty
from satark.notifier.mail.checks import first_checks
from satark.notifier.mail.evidence import gravest_first, normal_range, peak_distance
from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import Chart, Row, View
from satark.notifier.mail.words import Words
from satark.schemas.incidents import (
    IncidentEvent,
    IncidentResolved,
    Reason,
    Severity,
    Symptom,
)
from satark.schemas.metrics import WAN_LINK

MAX_ROWS = 12
MAX_CHARTS = 3
MAX_GISTS = 2
CHANGED = "The incident goes on and has changed."
_FACTS = (
    *("enterprise", "site", "edge", "link", "isp", "interface", "orchestrator", "reason"),
    *("type", "object", "alarm"),
)


def view(event: IncidentEvent, *, now: datetime, link: str | None = None) -> View:
    """Return what to say about an incident event at the time `now`."""
    is_blindness = blindness.is_blindness(event)
    symptoms = [] if is_blindness else gravest_first(event.symptoms)
    measured = [symptom for symptom in symptoms if symptom.metric != no_data.MISSING_CYCLES]
    words = _words_of(event, symptoms)
    return View(
        state=state_of(event),
        critical=event.severity is Severity.CRITICAL,
        place=wording.place(event),
        gists=words.gists,
        sentences=words.sentences,
        age=_age(event, now, verb="Tried" if is_blindness else "Measured")
        if event.alarm is None
        else _found(event, now),
        rows=tuple(_row(symptom) for symptom in measured[:MAX_ROWS]),
        distance_note=wording.distance_note(event),
        more_rows=max(0, len(measured) - MAX_ROWS),
        charts=tuple(_chart(symptom, event.interval_s) for symptom in measured[:MAX_CHARTS] if symptom.recent),
        facts=tuple(
            (name.upper() if name == "isp" else name.capitalize(), value)
            for name in _FACTS
            if (value := clean(event.labels.get(name, "")))
        ),
        checks=words.checks,
        method=clean(event.method, 80),
        incident=clean(event.incident, 80),
        link=link,
        lead=_lead(event),
        sure=certainty(event, measured),
        around=_around(event),
    )


def gists(event: IncidentEvent) -> tuple[str, ...]:
    """Return what is wrong in a few words, from the fullest wording to the shortest."""
    return _words_of(event, gravest_first(event.symptoms)).gists


def _around(event: IncidentEvent) -> str:
    """Return what is known of others: what goes bad together is told together."""
    if event.kind != WAN_LINK or state_of(event) == RESOLVED or event.alarm is not None:
        return ""
    shared = (("site", "of the site"), ("isp", "of the provider"), ("gateway", "of the gateway"))
    names = [
        f"{words} {name}" for label, words in shared if (name := clean(event.labels.get(label, ""), wording.NAME_CHARS))
    ]
    return f"No other link {' or '.join(names)} was told of together with this one." if names else ""


def _lead(event: IncidentEvent) -> str:
    if state_of(event) != UPDATED:
        return ""
    return f"The incident has become {event.severity.value}." if event.reason is Reason.SEVERITY_RAISED else CHANGED


def _words_of(event: IncidentEvent, symptoms: list[Symptom]) -> Words:
    if closed.is_closed(event):
        return closed.words(event)
    if event.alarm is not None:
        return alarms.words(event, event.alarm)
    if blindness.is_blindness(event):
        return blindness.words(event)
    return no_data.words(event) if no_data.is_silence(event) else _words(event, symptoms)


def _words(event: IncidentEvent, symptoms: list[Symptom]) -> Words:
    timezone = event.labels.get("timezone")
    if isinstance(event, IncidentResolved):
        return Words(_closing_gists(event), _closing(event, symptoms, timezone))
    active = [symptom for symptom in symptoms if symptom.active] or symptoms
    sentences = [_sentence(event, symptom) for symptom in active[:MAX_ROWS]]
    beginning = f"It began at {wording.moment(event.opened_at, timezone)}"
    gists = _gists(active)
    if event.reason is Reason.STILL_OPEN:
        lasted = (event.time - event.opened_at).total_seconds() + event.interval_s
        beginning += f" and has lasted {wording.duration(lasted)}; its first data came too late to tell of it then"
        gists = (*(f"{gist}, since {wording.since(event.opened_at, event.time)}" for gist in gists), *gists[-1:])
    return Words(gists, (*sentences, f"{beginning}."), first_checks(event))


def _sentence(event: IncidentEvent, symptom: Symptom) -> str:
    said = no_data.sentence if symptom.metric == no_data.MISSING_CYCLES else wording.sentence
    return said(event, symptom)


def _age(event: IncidentEvent, now: datetime, *, verb: str) -> str:
    end = event.time + timedelta(seconds=event.interval_s)
    return f"{verb} {wording.interval(event.time, end)}; this mail was written at {wording.moment(now)}."


def _found(event: IncidentEvent, now: datetime) -> str:
    return f"Found at {wording.moment(event.time)}; this mail was written at {wording.moment(now)}."


def _closing(event: IncidentResolved, symptoms: list[Symptom], timezone: str | None) -> tuple[str, ...]:
    worst = max(symptoms, key=peak_distance)
    words = wording.metric_words(worst.metric)
    span = f"from {wording.moment(event.opened_at, timezone)} to {wording.moment(event.ended_at, timezone)}"
    when = wording.moment(worst.peak_time, timezone)
    lasted = f"The incident lasted {wording.duration(event.duration_s)}: {span}."
    return (
        f"{wording.whereabouts(event)} is back to normal. {lasted}",
        f"At its worst, {words.title} was {wording.number(worst.peak)} at {when}; normal is {_normal(worst)}.",
    )


def _closing_gists(event: IncidentResolved) -> tuple[str, ...]:
    length = wording.duration(event.duration_s)
    return (f"back to normal after {length}", f"after {length}")


def _gists(active: list[Symptom]) -> tuple[str, ...]:
    """Return what is wrong for the subject, from the fullest wording to the shortest."""
    short = [
        f"{(words := wording.metric_words(s.metric)).short} {wording.with_unit(s.value, words.unit)}" for s in active
    ]
    more = [f"{len(active) - MAX_GISTS} more"] if len(active) > MAX_GISTS else []
    full = ", ".join([f"{short[0]} (normal {_normal(active[0])})", *short[1:MAX_GISTS], *more])
    rest = f" and {len(active) - 1} more" if len(active) > 1 else ""
    return (full, f"{short[0]} (normal {_normal(active[0])}){rest}", f"{short[0]}{rest}")


def _row(symptom: Symptom) -> Row:
    words = wording.metric_words(symptom.metric)
    return Row(
        title=words.title,
        active=symptom.active,
        now=wording.number(symptom.value),
        normal=_normal(symptom),
        limit=wording.number(symptom.limit),
        peak=f"{wording.number(symptom.peak)} at {wording.clock(symptom.peak_time)}",
        distance=f"{symptom.distance:+.1f} sd" if symptom.baseline.n else "by limit",
        samples=str(symptom.baseline.n),
    )


def _chart(symptom: Symptom, interval_s: int) -> Chart:
    found = sparkline.bars(symptom.recent, interval_s)
    shown = symptom.recent[-sparkline.MAX_BARS :]
    unit = wording.metric_words(symptom.metric).unit
    values = [point.value for point in shown]
    end = shown[-1].time + timedelta(seconds=interval_s)
    return Chart(
        title=wording.metric_words(symptom.metric).title,
        bars=found,
        text=sparkline.text(found),
        lowest=wording.with_unit(min(values), unit),
        highest=wording.with_unit(max(values), unit),
        span=wording.interval(shown[0].time, end),
    )


def _normal(symptom: Symptom) -> str:
    low, high = normal_range(symptom)
    return f"{wording.brief(low)} to {wording.brief(high)}"
