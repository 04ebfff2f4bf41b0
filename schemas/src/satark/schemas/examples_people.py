"""Examples of what people say of incidents: somebody looks at one, and keeps quiet what it will cause."""

from datetime import datetime, timedelta

from satark.schemas.acknowledgements import Acknowledgement
from satark.schemas.silences import Matcher, Silence

PERSON = "asha"


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
