import json

import msgspec
import pytest

from satark.schemas.examples import opened, resolved, symptom, updated, uve_state
from satark.schemas.incidents import IncidentEvent, Severity, Symptom, incident_event_id, incident_id
from satark.schemas.notifications import notification_id


class TestIds:
    def test_an_incident_is_its_entity_and_begin(self) -> None:
        """A second incident of an entity is another one, and a replay is the same one."""
        first = incident_id("link", "2026-03-02T10:00:00.000Z")

        assert first == incident_id("link", "2026-03-02T10:00:00.000Z")
        assert first != incident_id("link", "2026-03-02T11:00:00.000Z")
        assert first != incident_id("other", "2026-03-02T10:00:00.000Z")

    def test_an_event_is_its_incident_and_sequence(self) -> None:
        """Each step of an incident has its own id."""
        assert 4 == len({incident_event_id(incident, step) for incident in ("a", "b") for step in (0, 1)})

    def test_a_notification_is_its_event_channel_and_receiver(self) -> None:
        """Each receiver is told once by each channel."""
        ids = {notification_id(event, channel, who) for event in "ab" for channel in "cd" for who in "ef"}

        assert 8 == len(ids)


class TestEvents:
    @pytest.mark.parametrize(
        ("event", "word"), [(opened(), "opened"), (updated(), "updated"), (resolved(), "resolved")]
    )
    def test_say_which_they_are(self, event: IncidentEvent, word: str) -> None:
        """The value alone tells the three events apart."""
        assert word == json.loads(msgspec.json.encode(event))["event"]

    def test_are_read_as_what_they_are(self) -> None:
        """One reader reads all three."""
        decoder = msgspec.json.Decoder(IncidentEvent)

        for event in (opened(), updated(), resolved()):
            assert event == decoder.decode(msgspec.json.encode(event))

    def test_leave_out_what_is_not_known(self) -> None:
        """An active symptom has no end."""
        assert "until" not in json.loads(msgspec.json.encode(symptom()))

    def test_refuse_an_unknown_severity(self) -> None:
        """Readers need not expect words outside the contract."""
        value = msgspec.to_builtins(opened()) | {"severity": "fatal"}

        with pytest.raises(msgspec.ValidationError, match="severity"):
            msgspec.convert(value, IncidentEvent)

    def test_may_be_an_alarm(self) -> None:
        """What is an alarm of a rule has the alarm and no symptom."""
        alarm = msgspec.to_builtins(uve_state().alarms[0])
        event = msgspec.convert(msgspec.to_builtins(opened()) | {"symptoms": [], "alarm": alarm}, IncidentEvent)

        assert ((), uve_state().alarms[0]) == (event.symptoms, event.alarm)

    def test_skip_what_a_later_version_adds(self) -> None:
        """An old reader reads new events."""
        value = msgspec.to_builtins(symptom()) | {"trend": "rising"}

        assert symptom() == msgspec.convert(value, Symptom)

    def test_severities_are_texts(self) -> None:
        """They can be compared with what labels and logs hold."""
        assert ["warning", "critical", "major", "minor"] == list(Severity)
