"""What is open, in tests: links, routes that remind hourly and escalate twice, and records of the topic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from satark.notifier.routing.model import Beat, Escalation, Policy, Target
from satark.notifier.routing.receivers import EmailConfig, Receiver
from satark.notifier.routing.tree import Inhibition, Route, RoutingTree
from satark.notifier.standing.records import record_of
from satark.notifier.standing.standing import Change, Standing
from satark.runtime.records import Record
from satark.schemas.incidents import IncidentOpened, Severity
from satark.schemas.topics import ANOMALIES, OPEN_INCIDENTS
from tests.unit.notifier.scenes import NOON, opened

PLACE = (ANOMALIES, 0)
ELSEWHERE = (ANOMALIES, 1)
SOURCE = "/satark/notifier"
HOUR_S = 3600.0
OPENED = opened()
INCIDENT = OPENED.incident
POLICY = Policy(
    repeat_interval_s=HOUR_S,
    escalations=(Escalation(900.0, ("boss",)), Escalation(1800.0, ("boss", "chief"))),
)


def later(seconds: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(seconds=seconds)


def tree(policy: Policy = POLICY, *, inhibitions: Sequence[Inhibition] = (), beat: Beat | None = None) -> RoutingTree:
    """Return one route to the NOC; its stand-in, the boss and the chief are told when it comes to that."""
    names = ("noc", "night", "boss", "chief")
    receivers = {name: Receiver(name, (EmailConfig(f"{name}@example.net"),)) for name in names}
    receivers["noc"] = replace(receivers["noc"], fallback="night")
    return RoutingTree(Route("noc", policy), receivers, tuple(inhibitions), beat)


def target(name: str = "noc") -> Target:
    """Return one of the tree's targets."""
    return tree().targets(name)[0]


def link(number: int, *, severity: Severity = Severity.WARNING, **labels: str) -> IncidentOpened:
    """Return the beginning of a link's incident, by the number of the link."""
    return opened(entity=f"link-{number}", severity=severity, labels={"edge": f"edge-{number}", **labels})


def told(standing: Standing, incident: str = INCIDENT, *, seconds: float = 0.0, **changes: Any) -> Change | None:
    """Tell the NOC, or another target, of an incident."""
    fields: dict[str, Any] = {
        "target": target(),
        "route": "root",
        "severity": Severity.WARNING,
        "now": later(seconds),
    }
    return standing.told(incident, **fields | changes)


def record(change: Change, *, offset: int = 0) -> Record:
    """Return a change as it comes back from the topic."""
    made = record_of(change, source=SOURCE)
    return Record(made.topic, 0, offset, NOON, made.key, made.value, made.headers)


def garbage(key: str) -> Record:
    """Return a record of the topic that is no event."""
    return Record(OPEN_INCIDENTS, 0, 0, NOON, key.encode(), b'{"id": "x"}', ())
