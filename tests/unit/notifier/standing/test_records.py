from satark.notifier.standing.records import record_of
from satark.notifier.standing.standing import Over
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import decode
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.topics import OPEN_INCIDENTS
from tests.unit.notifier.standing.standings import INCIDENT, OPENED, PLACE, SOURCE


def test_what_is_open_is_an_event() -> None:
    """Its key is the incident's id."""
    known = OpenIncident.of(OPENED, topic=PLACE[0], partition=PLACE[1])
    made = record_of(known, source=SOURCE)

    assert (OPEN_INCIDENTS, INCIDENT.encode()) == (made.topic, made.key)
    assert known == decode(made.topic, made.value, made.headers)


def test_what_is_over_has_no_value() -> None:
    """Compaction then takes the record away."""
    assert OutgoingRecord(OPEN_INCIDENTS, INCIDENT.encode(), None) == record_of(Over(INCIDENT), source=SOURCE)
