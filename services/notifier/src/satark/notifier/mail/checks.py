"""What to look at first: three checks that an incident's own evidence suggests, the likeliest first."""

from satark.notifier.mail.headers import clean
from satark.notifier.mail.wording import metric_words
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import WAN_LINK

LOSS, LATENCY, JITTER = "packet loss", "latency", "jitter"
COUNT = 3


def first_checks(event: IncidentEvent) -> tuple[str, ...]:
    """Return three things to look at."""
    if event.kind != WAN_LINK:
        return (
            "Did anything change on it shortly before the incident began: a restart, an upgrade, a configuration?",
            "Do its neighbours show the same? Then the cause is what they share.",
            "Is it doing more work than usual, or the same work more slowly?",
        )
    seen = {metric_words(symptom.metric).quantity for symptom in event.symptoms if symptom.active}
    found = []
    if LOSS in seen:
        found.append(_interface(event))
    if seen & {LATENCY, JITTER}:
        found.append(_load(event))
    found += [_provider(event), _changes(event), _load(event), _interface(event)]
    return tuple(dict.fromkeys(found))[:COUNT]


def _load(event: IncidentEvent) -> str:
    return (
        f"Is the link full? Compare the throughput of {_name(event, 'link', 'the link')} with its bandwidth since the "
        "incident began: a full link queues, and latency and jitter rise before packets are lost."
    )


def _interface(event: IncidentEvent) -> str:
    return (
        f"Is the line sound? Look at {_name(event, 'interface', 'the interface')} of "
        f"{_name(event, 'edge', 'the edge')} for errors, flaps and duplex, then at the modem and the cable."
    )


def _provider(event: IncidentEvent) -> str:
    return (
        f"Is it the provider? See whether other links of {_name(event, 'isp', 'the same provider')} degraded at the "
        "same time; if so, open a ticket with the figures above."
    )


def _changes(event: IncidentEvent) -> str:
    return (
        f"Did anything change? Look through the events of {_name(event, 'edge', 'the edge')} in the orchestrator for "
        "the quarter of an hour before the incident began."
    )


def _name(event: IncidentEvent, label: str, otherwise: str) -> str:
    return clean(event.labels.get(label, ""), 80) or otherwise
