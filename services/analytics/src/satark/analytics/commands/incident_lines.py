"""Incidents and silences as the API has them, as rows of tables and as sentences. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

Json = Mapping[str, Any]

_NAMES = ("edge", "link", "name")
_SHORT = "%Y-%m-%d %H:%M"


def row(incident: Json, *, now: datetime, zone: tzinfo | None) -> dict[str, Any]:
    """Return an incident as a row: what a person wants to see first, first."""
    ended = incident.get("ended_at")
    opened = moment(incident["opened_at"])
    return {
        "state": state(incident),
        "severity": incident["severity"],
        "what": subject(incident),
        "metrics": ", ".join(incident["metrics"]) or incident.get("alarm", ""),
        "opened": opened.astimezone(zone).strftime(_SHORT),
        "for": length((moment(ended) if ended else now) - opened),
        "incident": incident["incident"],
    }


def state(incident: Json) -> str:
    """Return how an incident is, and whether somebody has seen it."""
    return (
        f"{incident['state']}, seen"
        if incident["state"] == "open" and incident.get("acknowledged")
        else incident["state"]
    )


def subject(incident: Json) -> str:
    """Return the name by which a person knows what it is about: edge and link, or else the entity's key."""
    labels = incident.get("labels", {})
    known = [labels[name] for name in _NAMES if labels.get(name)]
    return " / ".join(known) or str(incident["entity"])


def story(told: Json, explained: Json, *, zone: tzinfo | None) -> Iterator[str]:
    """Yield an incident's story, a line each: how it is, why, what happened, who was told and who has seen it."""
    incident = told["incident"]
    yield f"{incident['severity'].upper()} {subject(incident)}: {state(incident)}"
    yield f"  entity {incident['entity']}, incident {incident['incident']}"
    yield from (f"  {sentence}" for sentence in explained["sentences"])
    yield "what happened"
    for event in told["events"]:
        when = moment(event["time"]).astimezone(zone).strftime(_SHORT)
        yield f"  {when}  {event['event']}: {event['reason'].replace('_', ' ')}, {event['severity']}"
    yield from _told(told["notifications"], zone)
    if seen := incident.get("acknowledged"):
        when = moment(seen["time"]).astimezone(zone).strftime(_SHORT)
        yield f"seen by {seen['by']} at {when}{_comment(seen)}"
    yield from (_silenced(silence, zone) for silence in told["silences"])
    if told["silenced_by"]:
        yield f"nobody is told now: silenced by {', '.join(told['silenced_by'])}"


def silence_row(told: Json, *, zone: tzinfo | None) -> dict[str, Any]:
    """Return a silence as a row."""
    silence = told["silence"]
    return {
        "state": told["state"],
        "what": " ".join(matcher(each) for each in silence["matchers"]),
        "from": moment(silence["starts"]).astimezone(zone).strftime(_SHORT),
        "until": moment(silence["ends"]).astimezone(zone).strftime(_SHORT),
        "by": silence.get("by", ""),
        "comment": silence.get("comment", ""),
        "silence": silence["silence"],
    }


def matcher(told: Json) -> str:
    """Return a matcher as it is written on the command line."""
    return f"{told['name']}{'!=' if told.get('negated') else '='}{told['pattern']}"


def moment(text: str) -> datetime:
    """Return an aware time from the API's ISO text."""
    return datetime.fromisoformat(text)


def length(span: timedelta) -> str:
    """Return a length of time in at most two units, as 2 d 3 h or 45 min."""
    minutes = max(0, int(span.total_seconds())) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def _silenced(silence: Json, zone: tzinfo | None) -> str:
    starts, ends = (moment(silence[name]).astimezone(zone).strftime(_SHORT) for name in ("starts", "ends"))
    ended = f", ended by {silence['ended_by']}" if silence.get("ended_by") else ""
    return f"silenced by {silence.get('by') or 'somebody'} from {starts} to {ends}{ended}{_comment(silence)}"


def _comment(said: Json) -> str:
    return f": {said['comment']}" if said.get("comment") else ""


def _told(notifications: list[Json], zone: tzinfo | None) -> Iterator[str]:
    if not notifications:
        yield "nobody was told yet"
        return
    yield "who was told"
    for each in notifications:
        when = moment(each["time"]).astimezone(zone).strftime(_SHORT)
        detail = f" ({each['detail']})" if each["detail"] else ""
        occasion = f", {each['occasion']}" if each.get("occasion") else ""
        yield f"  {when}  {each['channel']} {each['receiver']}: {each['outcome']}{occasion}{detail}"
