import json

import msgspec

from satark.detector.alarms.engine import AlarmEngine
from satark.detector.alarms.incidents import MAX_ENTITY_CHARS, MAX_RULES_BYTES, entity_of, incident_of, view_of
from satark.detector.alarms.instance import AlarmEvent
from satark.schemas.codec import decode, encode
from satark.schemas.incidents import IncidentOpened, IncidentResolved, Reason, Severity
from tests.unit.detector.alarms.worlds import KEY, START, at, condition, rule


def events(*objects: dict[str, object] | None) -> list[AlarmEvent]:
    """The events of an alarm while its object changes, a second after each other."""
    engine, state = AlarmEngine([rule()]), None
    found: list[AlarmEvent] = []
    for second, uve in enumerate(objects):
        step = engine.step(state, KEY, uve, at(second))
        state = step.state
        found += step.events
    return found


class TestIncident:
    def test_has_the_life_of_any_other(self) -> None:
        """One id from opened to resolved, numbers that count up, and when it began and ended."""
        opened, resolved = (incident_of(each) for each in events({"A": {"n": 9}}, {"A": {"n": 1}}))

        assert (IncidentOpened, IncidentResolved) == (type(opened), type(resolved))
        assert opened.incident == resolved.incident
        assert (0, 1) == (opened.sequence, resolved.sequence)
        assert (START, Severity.MAJOR, Reason.FIRST_SYMPTOM) == (opened.opened_at, opened.severity, opened.reason)
        assert Reason.ALL_CLEAR == resolved.reason

    def test_goes_through_kafka(self) -> None:
        """It is an event of the contract."""
        for event in events({"A": {"n": 9}}, None):
            incident = incident_of(event)
            encoded = encode(incident, source="/test")

            assert incident == decode(encoded.topic, encoded.value, encoded.headers)


class TestSize:
    def test_many_matches_are_told_by_a_few(self) -> None:
        """An event fits into a record, and says how many there were."""
        engine = AlarmEngine([rule([condition("A.l.s", "!=", "x", variables=["A.l.s"])])])
        step = engine.step(None, KEY, {"A": {"l": [{"s": f"{n}" * 300} for n in range(200)]}}, START)
        alarm = step.events[0].alarm
        view = view_of(alarm)

        (told,) = view.alarm_rules["or_list"][0]["and_list"]
        assert (3, 197) == (len(told["match"]), told["more"])
        assert len(msgspec.json.encode(view)) < MAX_RULES_BYTES + 1_000
        assert len(json.dumps(msgspec.to_builtins(alarm))) > MAX_RULES_BYTES

    def test_long_keys_become_short_ones(self) -> None:
        """They differ where the keys do, and short ones stay as they are."""
        one, other = entity_of("T:" + "x" * 2_000 + "1"), entity_of("T:" + "x" * 2_000 + "2")

        assert (MAX_ENTITY_CHARS, KEY) == (len(one), entity_of(KEY))
        assert one != other
