"""Examples of what people say: that a level is normal, an incident over or looked at, and what is to be kept quiet."""

from datetime import datetime, timedelta

from satark.schemas.acceptances import NormalAccepted
from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.closings import IncidentClosed
from satark.schemas.incidents import IncidentOpened
from satark.schemas.silences import Matcher, Silence

PERSON = "asha"


def accepted(entity: str, time: datetime) -> NormalAccepted:
    """Return the word that a link's new level is normal."""
    return NormalAccepted.of(entity=entity, time=time, by="alice", note="moved to another provider")


def closed(event: IncidentOpened, time: datetime) -> IncidentClosed:
    """Return the word that an incident is over."""
    return IncidentClosed.of(
        entity=event.entity,
        incident=event.incident,
        kind=event.kind,
        interval_s=event.interval_s,
        time=time,
        by="alice",
        because="the link was taken down for good",
        labels=event.labels,
    )


def acknowledgement(incident: str, entity: str, time: datetime) -> Acknowledgement:
    """Return the word that somebody looks at the incident."""
    return Acknowledgement.of(
        incident=incident, entity=entity, time=time, by=PERSON, comment="called the provider, ticket 4711"
    )


def silence(labels: dict[str, str], time: datetime) -> Silence:
    """Return a silence of two hours for all links of the edge."""
    matchers = [Matcher(name="edge", pattern=labels["edge"]), Matcher(name="kind", pattern="wan-*")]
    ends = time + timedelta(hours=2)
    return Silence.of(matchers=matchers, starts=time, ends=ends, time=time, by=PERSON, comment="provider works on it")
