"""What to say of an orchestrator that cannot be read: not a bad link, but no sight of any of its links."""

from datetime import datetime, timedelta
from math import floor

from satark.notifier.mail import wording
from satark.notifier.mail.headers import clean
from satark.notifier.mail.words import Words
from satark.schemas.incidents import IncidentEvent, IncidentResolved, Symptom
from satark.schemas.states import ORCHESTRATOR

FAILED_CYCLES = "failed_cycles"
"""How many cycles in a row it could not be read."""

DETAIL_CHARS = 500
REASONS = {
    "auth_failed": "its token or login is not accepted",
    "unreachable": "it does not answer",
    "tls": "its certificate is not trusted",
    "server_error": "it answers with errors of its own",
    "broken_answer": "its answers are cut off or garbled",
    "wrong_shape": "its answers are not what they are documented to be",
    "too_large": "its answers are too large",
    "rate_limited": "it refuses more requests for now",
    "privilege": "the credential may not read what is needed",
}
MEANING = (
    "Meanwhile none of its links is watched. Open incidents of its links stay open and nothing is resolved, "
    "and nothing new is found, until it can be read again."
)
_TRY = "Try it: `satark poller check` logs in once and shows what can be read and what cannot."
_ACCESS = (
    (
        "Is the token still valid? Tokens expire and can be revoked: look at the API tokens in the orchestrator, and give "
        "the poller a new one."
    ),
    "Was the user locked, or its password or role changed? The orchestrator's own events tell.",
    _TRY,
)
_NETWORK = (
    "Can it be reached? Look at name resolution, route, firewall and proxy from the poller's machine to {name}.",
    "Does it answer others? Open its web page; if it does not, ask whoever runs it about an outage or maintenance.",
    _TRY,
)
_CERTIFICATE = (
    "Was its certificate renewed? Look at its dates and at who signed it.",
    "Is there a proxy in between that shows a certificate of its own? Then the poller needs that authority's CA file.",
    _TRY,
)
_LIMIT = (
    "Who else asks it? The limit counts all clients of the same user or tenant: other pollers, scripts, dashboards.",
    "Was its limit lowered? Whoever runs it can tell; the poller's concurrency and rate can be lowered too.",
    _TRY,
)
_SERVICE = (
    "Is it in maintenance, or was it upgraded? Open its web page, and ask whoever runs it.",
    "Does a proxy or a load balancer answer in its place? The error above may be theirs.",
    _TRY,
)
CHECKS = {
    "auth_failed": _ACCESS,
    "privilege": _ACCESS,
    "unreachable": _NETWORK,
    "tls": _CERTIFICATE,
    "rate_limited": _LIMIT,
}


def is_blindness(event: IncidentEvent) -> bool:
    """Return whether the incident is that an orchestrator cannot be read."""
    return event.kind == ORCHESTRATOR and any(each.metric == FAILED_CYCLES for each in event.symptoms)


def words(event: IncidentEvent) -> Words:
    """Return what to say. Raises StopIteration for an event that is no blindness."""
    symptom = next(each for each in event.symptoms if each.metric == FAILED_CYCLES)
    return _over(event, symptom) if isinstance(event, IncidentResolved) else _blind(event, symptom)


def _blind(event: IncidentEvent, symptom: Symptom) -> Words:
    name, reason = wording.place(event), clean(event.labels.get("reason", ""), 40)
    count = _cycles(symptom.value)
    gist = f"cannot be read for {count}"
    why = f": {REASONS.get(reason, 'it does not give what is asked for')} ({reason})." if reason else "."
    detail = clean(event.labels.get("detail", ""), DETAIL_CHARS)
    sentences = [
        f"{name} cannot be read{why}",
        (
            f"{count[:1].upper()}{count[1:]} of {wording.duration(event.interval_s)} in a row failed, "
            f"since {_since(event, symptom)}."
        ),
        *([f"The last error was: {detail}"] if detail else []),
        MEANING,
    ]
    checks = tuple(check.format(name=name) if "{name}" in check else check for check in CHECKS.get(reason, _SERVICE))
    return Words((f"{gist} ({reason})", f"cannot be read ({reason})") if reason else (gist,), tuple(sentences), checks)


def _over(event: IncidentResolved, symptom: Symptom) -> Words:
    name = wording.place(event)
    length = wording.duration((event.ended_at - _began(event, symptom)).total_seconds())
    return Words(
        (f"readable again after {length}",),
        (
            f"{name} can be read again, and its links are watched again.",
            (
                f"It could not be read for {length}, {_cycles(symptom.peak)} in a row: "
                f"from {_since(event, symptom)} to {wording.moment(event.ended_at)}."
            ),
            (
                "What it measured meanwhile is collected now, as far back as the poller's settings allow. "
                "What is long past by then is recorded and told to nobody."
            ),
        ),
    )


def _since(event: IncidentEvent, symptom: Symptom) -> str:
    return wording.moment(_began(event, symptom))


def _began(event: IncidentEvent, symptom: Symptom) -> datetime:
    """Return the start of the first failed cycle: as many before the incident's beginning as the limit allows."""
    return event.opened_at - timedelta(seconds=floor(symptom.limit) * event.interval_s)


def _cycles(count: float) -> str:
    return f"{wording.brief(count)} cycle" + ("" if count == 1 else "s")
