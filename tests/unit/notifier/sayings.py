"""What people say in tests: silences and acknowledgements."""

from datetime import datetime

from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.incidents import IncidentEvent
from satark.schemas.silences import Matcher, Silence
from tests.unit.notifier.outbox.outboxes import NOW, later

HOUR_S = 3600.0


def silence(name: str = "edge", pattern: str = "*", *, length_s: float = HOUR_S, starts: datetime = NOW) -> Silence:
    """Return a silence that begins now."""
    return Silence.of(
        matchers=[Matcher(name=name, pattern=pattern)], starts=starts, ends=later(length_s), time=NOW, by="asha"
    )


def seen(event: IncidentEvent, comment: str = "on it: the line card") -> Acknowledgement:
    """Return that somebody has seen an incident."""
    return Acknowledgement.of(incident=event.incident, entity=event.entity, time=NOW, by="ben", comment=comment)
