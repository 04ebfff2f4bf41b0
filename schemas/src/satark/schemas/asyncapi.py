"""The AsyncAPI 3.0 document: public topics, the events on them, who sends and who receives. Pure.

Bindings follow the Kafka bindings 0.5.0: clauses "Channel Binding Object" and "Message Binding Object".
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from satark.schemas.codec import EVENT_TYPES, encode, header
from satark.schemas.examples import examples
from satark.schemas.export import components
from satark.schemas.topics import TOPICS, Topic

VERSION = "3.0.0"
KAFKA_BINDING = "0.5.0"
PATH = "asyncapi.yaml"
DESCRIPTION = (
    "Events are JSON values in CloudEvents 1.0 binary content mode: the attributes are record headers. "
    "Readers skip unknown properties; a change that an old reader or old data could not stand gets a new topic."
)

Json = dict[str, Any]

HEADER_DESCRIPTIONS = {
    "ce_specversion": "Version of CloudEvents.",
    "ce_id": "Id of the event; the same fact always gets the same id, so duplicates can be told.",
    "ce_source": "The producer.",
    "ce_type": "Type of the event, with its major version.",
    "ce_time": "The time the event speaks of, UTC.",
    "ce_partitionkey": "The record's key as text.",
    "content-type": "Media type of the value.",
}
_CONSTANT = ("ce_specversion", "ce_type", "content-type")


def document(*, version: str, partitions: int) -> Json:
    """Return the document. `partitions` is what topics that scale have by default."""
    public = [topic for topic in TOPICS if topic.public]
    events = [event for topic in public for event in topic.events]
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Satark",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, partitions) for topic in public},
        "operations": {name: operation for topic in public for name, operation in _operations(topic)},
        "components": {
            "messages": {EVENT_TYPES[event]: _message(event, topic) for topic in public for event in topic.events},
            "schemas": {
                **components(events, "#/components/schemas/{name}"),
                **{_headers_name(event): _headers(event) for event in events},
            },
        },
    }


def headers_of(event: type) -> dict[str, str]:
    """Return the record headers of an event's example."""
    encoded = encode(examples()[event], source=source(event))
    return {name: header(encoded.headers, name) or "" for name, _ in encoded.headers}


def source(event: type) -> str:
    """Return the `ce_source` of an event's first producer."""
    producer = next(topic.producers[0] for topic in TOPICS if event in topic.events)
    return f"/satark/{producer}"


def _channel(topic: Topic, partitions: int) -> Json:
    configuration: Json = {"cleanup.policy": topic.cleanup.value.split(",")}
    if topic.retention is not None:
        configuration["retention.ms"] = int(topic.retention.total_seconds() * 1000)
    scaling = "" if topic.partitions else " The number of partitions is a setting; the default is given here."
    return {
        "address": topic.name,
        "description": f"{topic.description} Key: {topic.key}{scaling}",
        "messages": {EVENT_TYPES[event]: _ref("components", "messages", EVENT_TYPES[event]) for event in topic.events},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions or partitions,
                "topicConfiguration": configuration,
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operations(topic: Topic) -> Iterator[tuple[str, Json]]:
    for action, services in (("send", topic.producers), ("receive", topic.consumers)):
        for service in services:
            yield (
                f"{service}.{action}.{topic.name}",
                {
                    "action": action,
                    "channel": _ref("channels", topic.name),
                    "summary": f"The {service} {action}s: {topic.description}",
                    "messages": [
                        _ref("channels", topic.name, "messages", EVENT_TYPES[event]) for event in topic.events
                    ],
                },
            )


def _message(event: type, topic: Topic) -> Json:
    return {
        "name": EVENT_TYPES[event],
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "headers": _ref("components", "schemas", _headers_name(event)),
        "payload": _ref("components", "schemas", event.__name__),
        "bindings": {
            "kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": KAFKA_BINDING},
        },
        "examples": [{"headers": headers_of(event), "payload": msgspec.to_builtins(examples()[event])}],
    }


def _headers_name(event: type) -> str:
    return f"{event.__name__}Headers"


def _headers(event: type) -> Json:
    texts = headers_of(event)
    return {
        "type": "object",
        "description": f"CloudEvents attributes of {EVENT_TYPES[event]}.",
        "properties": {
            name: {
                "type": "string",
                "description": HEADER_DESCRIPTIONS[name],
                **({"const": text} if name in _CONSTANT else {}),
                **({"format": "date-time"} if name == "ce_time" else {}),
            }
            for name, text in texts.items()
        },
        "required": list(texts),
    }


def _ref(*parts: str) -> Json:
    return {"$ref": "#/" + "/".join(parts)}
