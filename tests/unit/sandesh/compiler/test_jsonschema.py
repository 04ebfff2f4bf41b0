import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from satark.sandesh.compiler.jsonschema import JSONSCHEMA, schema
from tests.unit.sandesh.compiler.programs import everything, program

DEFAULTS = {
    "number": 1,
    "text": "",
    "colour": 0,
    "numbers": [],
    "table": {},
    "words": [],
    "yes": True,
    "half": 1,
    "limit": 2,
}
GOOD: Mapping[str, Any] = {
    "ThingTrace": {"str1": "trace:", "what": "x", "n": 4294967295, "file": "a.py", "line": 3},
    "ThingRequest": {
        "name": "",
        "addr": "::1",
        "id": "b3c3ec60-0000-4000-8000-000000000000",
        "like": {"name": "", "detail": ""},
        "words": [],
        "colour": 5,
    },
    "ThingResponse": {
        "more": False,
        "name": "",
        "rows": [{"key": "", "value": 0, "blob": "<a/>"}],
        "defaults": DEFAULTS,
    },
    "AnyThingUve": {"data": {"name": "x", "elements": {"a": "b"}, "deleted": True}},
    "ThingUve": {"data": {"name": "x", "state": 5, "by_peer": {"p": {"in_bytes": 1, "out_bytes": 2, "peer": "p"}}}},
    "EmptyRequest": {},
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """A checker of the messages of the program with everything."""
    return Draft202012Validator(schema(everything()))


def test_it_is_a_schema() -> None:
    """The dialect's own schema accepts it."""
    Draft202012Validator.check_schema(schema(everything()))


@pytest.mark.parametrize("name", GOOD)
def test_it_accepts_what_the_definition_allows(validator: Draft202012Validator, name: str) -> None:
    """A message as an object with its name and its value is valid."""
    assert [error.message for error in validator.iter_errors({name: GOOD[name]})] == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("ThingTrace", {"n": -1}),
        ("ThingTrace", {"n": 4294967296}),
        ("ThingTrace", {"n": "1"}),
        ("ThingTrace", {"str1": "other"}),
        ("ThingTrace", {"strange": 1}),
        ("ThingRequest", {"colour": 4}),
        ("ThingRequest", {"flag": 1}),
        ("ThingRequest", {"like": {"name": ""}}),
        ("ThingResponse", {"rows": {}}),
        ("AnyThingUve", {"data": {"name": "x", "elements": {"a": 1}}}),
    ],
)
def test_it_refuses_what_the_definition_forbids(
    validator: Draft202012Validator, name: str, changed: dict[str, Any]
) -> None:
    """A wrong type, a value out of range, a missing or an unknown field is an error."""
    assert list(validator.iter_errors({name: {**GOOD[name], **changed}}))


@pytest.mark.parametrize("value", [{}, {"Unknown": {}}, {"EmptyRequest": {}, "ThingTrace": GOOD["ThingTrace"]}])
def test_a_message_is_one_known_name(validator: Draft202012Validator, value: dict[str, Any]) -> None:
    """An object holds exactly one message."""
    assert list(validator.iter_errors(value))


def test_keys_of_maps_are_texts_of_their_type() -> None:
    """A number or an enum as a key is checked as text."""
    text = "enum E { A, B = 3 }\nstruct S { 1: map<i32, i32> i; 2: map<E, i32> e; 3: map<bool, i32> b }\ntrace sandesh T { 1: S s }"
    validator = Draft202012Validator(schema(program(text)))

    assert validator.is_valid({"T": {"s": {"i": {"-3": 1}, "e": {"3": 1}, "b": {"true": 1}}}})
    for wrong in ({"i": {"x": 1}}, {"e": {"2": 1}}, {"b": {"1": 1}}):
        assert not validator.is_valid({"T": {"s": {"i": {}, "e": {}, "b": {}, **wrong}}})


def test_the_file_is_json() -> None:
    """What is written is what was checked."""
    files = JSONSCHEMA.generate(everything(), {})

    assert json.loads(files["everything.schema.json"]) == schema(everything())


def test_defaults_are_there() -> None:
    """The default of a field is in its schema, as a plain value."""
    text = 'enum E { A, B }\nstruct P { 1: i32 x; 2: double d }\nstruct S { 1: P p = {"x": 1}; 2: map<i32, E> m = {7: E.B}; 3: list<i32> l = [1] }'

    fields = schema(program(text))["$defs"]["S"]["properties"]

    assert [each["default"] for each in fields.values()] == [{"x": 1}, {"7": 1}, [1]]
