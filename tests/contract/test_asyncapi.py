import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from satark.schemas.codec import EVENT_TYPES
from satark.schemas.topics import TOPICS
from tests.support.environment import REPOSITORY

PUBLIC = [topic for topic in TOPICS if topic.public]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The committed document, as a subscriber reads it."""
    text = (REPOSITORY / "schemas" / "asyncapi.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def references(value: Any) -> Iterator[str]:
    """Yield every reference in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def target(document: dict[str, Any], reference: str) -> Any:
    """Return what a reference points to. Raises KeyError when it points nowhere."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """A tool that resolves the document ends well."""
    found = list(references(document))

    assert found
    assert all(target(document, reference) for reference in found)


def test_every_public_topic_is_a_channel(document: dict[str, Any]) -> None:
    """What may be read is in the document; what is internal is not."""
    assert [topic.name for topic in PUBLIC] == [channel["address"] for channel in document["channels"].values()]


@pytest.mark.parametrize("topic", PUBLIC, ids=lambda topic: topic.name)
def test_every_public_event_is_a_message_of_its_channel(document: dict[str, Any], topic: Any) -> None:
    """Each message has headers, a payload and a key."""
    messages = [target(document, one["$ref"]) for one in document["channels"][topic.name]["messages"].values()]

    assert [EVENT_TYPES[event] for event in topic.events] == [message["name"] for message in messages]
    assert all({"headers", "payload", "bindings", "examples"} <= message.keys() for message in messages)
    assert all("string" == message["bindings"]["kafka"]["key"]["type"] for message in messages)


def test_operations_are_those_of_the_topic_table(document: dict[str, Any]) -> None:
    """Every producer sends, every consumer receives, each all events of the topic."""
    expected = {
        (service, action, topic.name)
        for topic in PUBLIC
        for action, services in (("send", topic.producers), ("receive", topic.consumers))
        for service in services
    }

    found = set()
    for name, operation in document["operations"].items():
        channel = target(document, operation["channel"]["$ref"])
        found.add((name.partition(".")[0], operation["action"], channel["address"]))
        assert len(channel["messages"]) == len(operation["messages"])
    assert expected == found


def test_component_names_are_allowed(document: dict[str, Any]) -> None:
    """AsyncAPI 3.0, clause "Components Object": letters, digits, dots, hyphens and underscores."""
    for components in document["components"].values():
        assert all(re.fullmatch(r"[a-zA-Z0-9.\-_]+", name) for name in components)


def test_examples_are_valid(document: dict[str, Any]) -> None:
    """A subscriber can test with them."""
    for message in document["components"]["messages"].values():
        for part in ("headers", "payload"):
            schema = {"$ref": message[part]["$ref"], "components": document["components"]}
            for example in message["examples"]:
                Draft202012Validator(schema).validate(json.loads(json.dumps(example[part])))
