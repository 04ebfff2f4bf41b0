import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from satark.schemas.codec import EVENT_TYPES, encode
from satark.schemas.examples import examples
from satark.schemas.export import components, json_schema, json_schemas, schema_id
from satark.schemas.incidents import IncidentResolved
from satark.schemas.metrics import MetricSample
from tests.unit.schemas.strategies import events


class TestJsonSchema:
    @pytest.mark.parametrize("event", EVENT_TYPES)
    def test_is_a_schema(self, event: type) -> None:
        """It says which dialect it is written in, and keeps to it."""
        schema = json_schema(event)

        Draft202012Validator.check_schema(schema)
        assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
        assert schema_id(EVENT_TYPES[event]) == schema["$id"]
        assert event.__name__ == schema["title"]

    @pytest.mark.parametrize("event", EVENT_TYPES)
    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_accepts_whatever_is_written(self, event: type, data: st.DataObject) -> None:
        """A reader who checks by the schema refuses none of our events."""
        encoded = encode(data.draw(events(event)), source="/")  # type: ignore[arg-type] # one of the events

        Draft202012Validator(json_schema(event)).validate(json.loads(encoded.value))

    def test_refuses_what_the_contract_refuses(self) -> None:
        """Limits of the classes are limits of the schema."""
        value = json.loads(encode(examples()[MetricSample], source="/").value) | {"interval_s": 0}

        assert not Draft202012Validator(json_schema(MetricSample)).is_valid(value)

    def test_holds_nested_classes_within(self) -> None:
        """One file is enough to check an event."""
        nested = {"AlarmSeverity", "AlarmView", "Baseline", "Cause", "Point", "Reason", "Severity", "Symptom"}

        assert nested == set(json_schema(IncidentResolved)["$defs"])

    def test_has_no_definitions_without_need(self) -> None:
        """A flat event has a flat schema."""
        assert "$defs" not in json_schema(MetricSample)


class TestComponents:
    def test_hold_json_types_only(self) -> None:
        """A default that is a tuple in the code is a list here, so that a document equals what is read from its file."""
        found = components(EVENT_TYPES, "#/{name}")

        assert found == json.loads(json.dumps(found))

    def test_have_descriptions_without_source_indentation(self) -> None:
        """The text does not depend on the Python version that read the docstring."""
        found = components([MetricSample], "#/{name}")

        assert "\n\nA metric that was not measured" in found["MetricSample"]["description"]


def test_json_schemas_are_files_by_event_type() -> None:
    """Each file ends with a line end and is named by its event."""
    files = json_schemas()

    assert {f"jsonschema/{name}.json" for name in EVENT_TYPES.values()} == set(files)
    assert all(text.endswith("}\n") and json.loads(text) for text in files.values())
