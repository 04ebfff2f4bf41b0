"""Headers that mail programs sort by, and that keep machines from answering. Pure."""

from collections.abc import Iterable

from satark.notifier.events import RESOLVED, Event, incident_of
from satark.notifier.mail import tally
from satark.notifier.mail.headers import clean, slug
from satark.notifier.telling import Heartbeat, Occasion, Telling
from satark.schemas.incidents import Severity


def of_one(event: Event, domain: str, state: str, occasion: Occasion) -> dict[str, str]:
    """Return the marks of a mail of one incident or group."""
    found = _common([event], domain) | {
        "X-Satark-Incident": clean(incident_of(event)),
        "X-Satark-Event": clean(event.id),
        "X-Satark-State": state,
        "X-Satark-Severity": event.severity.value,
    }
    if occasion is not Occasion.EVENT:
        found["X-Satark-Occasion"] = occasion.value
    for label in ("enterprise", "edge", "link"):
        if name := clean(event.labels.get(label, "")):
            found[f"X-Satark-{label.capitalize()}"] = name
    return found | _importance(
        event.severity is Severity.CRITICAL and state != RESOLVED and occasion is not Occasion.TEST
    )


def of_digest(telling: Telling, domain: str) -> dict[str, str]:
    """Return the marks of a digest: bulk mail (RFC 2076, clause 3.9), as no mail of one incident is."""
    parts = telling.parts
    gravest = min((part.shown.severity for part in parts), key=tally.SEVERITIES.index)
    return (
        _common([part.shown for part in parts], domain)
        | {"Precedence": "bulk", "X-Satark-State": "digest", "X-Satark-Severity": gravest.value}
        | {"X-Satark-Incidents": str(len(parts))}
        | _importance(any(p.shown.severity is Severity.CRITICAL and not tally.is_over(p) for p in parts))
    )


def of_heartbeat(heartbeat: Heartbeat, domain: str) -> dict[str, str]:
    """Return the marks of a sign of life; `X-Satark-Failing` counts the targets that refuse."""
    return _common([], domain) | {"X-Satark-State": "heartbeat", "X-Satark-Failing": str(len(heartbeat.failing))}


def _common(events: Iterable[Event], domain: str) -> dict[str, str]:
    """Return what all mails have. A list is an enterprise's, where all that is told is of one."""
    enterprises = {slug(event.labels.get("enterprise", ""), "all") for event in events}
    enterprise = enterprises.pop() if len(enterprises) == 1 else "all"
    return {
        "List-Id": f"<wan-alerts.{enterprise}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _importance(is_high: bool) -> dict[str, str]:
    return {"Importance": "high"} if is_high else {}
