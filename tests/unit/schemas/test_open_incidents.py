from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from satark.schemas.codec import UndecodableEventError, decode, encode
from satark.schemas.examples import BEGIN, LABELS, notification, open_incident, opened, resolved, updated
from satark.schemas.examples_groups import groups
from satark.schemas.incident_groups import IncidentGroupOpened
from satark.schemas.open_incidents import OpenIncident
from satark.schemas.topics import ANOMALIES, INCIDENT_GROUPS, OPEN_INCIDENTS

GROUP = next(
    event
    for event in groups(opened().entity, LABELS, BEGIN, timedelta(minutes=5))
    if isinstance(event, IncidentGroupOpened)
)


class TestOpenIncident:
    def test_holds_an_incident(self) -> None:
        """Its key is the incident's id, and its event comes back as it was."""
        encoded = encode(OpenIncident.of(updated(), topic=ANOMALIES, partition=3), source="/satark/notifier")

        assert updated().incident.encode() == encoded.key
        assert updated() == decode(OPEN_INCIDENTS, encoded.value, encoded.headers).event

    def test_holds_a_group(self) -> None:
        """Its key is the group's id, and its event comes back as it was."""
        encoded = encode(OpenIncident.of(GROUP, topic=INCIDENT_GROUPS, partition=0), source="/satark/notifier")

        assert GROUP.group.encode() == encoded.key
        assert GROUP == decode(OPEN_INCIDENTS, encoded.value, encoded.headers).event

    def test_holds_nothing_that_is_over(self) -> None:
        """An end has no place in it: that is a record without a value."""
        plain = msgspec.to_builtins(open_incident())
        plain["latest"]["event"] = msgspec.to_builtins(resolved())

        with pytest.raises(UndecodableEventError, match="resolved"):
            decode(OPEN_INCIDENTS, msgspec.json.encode(plain))

    def test_is_of_the_time_of_what_came_last(self) -> None:
        """That is the event itself, or when it was told."""
        silent = OpenIncident.of(updated(), topic=ANOMALIES, partition=3)

        assert updated().time == silent.time
        assert notification().time == open_incident().time

    def test_has_the_id_of_what_it_says(self) -> None:
        """The same event and messages give the same id; one more message gives another."""
        known = open_incident()
        reminded = [replace(each, reminders=1) for each in known.told]
        again = OpenIncident.of(updated(), topic=ANOMALIES, partition=5, told=known.told)

        assert known.id == again.id
        assert known.id != OpenIncident.of(updated(), topic=ANOMALIES, partition=3, told=reminded).id
