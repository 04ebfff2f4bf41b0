from datetime import timedelta

from satark.schemas.asyncapi import document, headers_of, source
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS, NOTIFICATIONS


def test_describes_a_channel_by_its_topic() -> None:
    """Partitions, cleanup and retention are in the Kafka binding."""
    channel = document(version="1.2.3", partitions=7)["channels"][METRICS]

    assert METRICS == channel["address"]
    assert {
        "topic": METRICS,
        "partitions": 7,
        "topicConfiguration": {
            "cleanup.policy": ["delete"],
            "retention.ms": int(timedelta(days=7).total_seconds() * 1000),
        },
        "bindingVersion": "0.5.0",
    } == channel["bindings"]["kafka"]
    assert channel["description"].endswith("the default is given here.")


def test_a_channel_that_is_compacted_and_bounded_says_both() -> None:
    """Outcomes are kept by key, for 60 days."""
    configuration = document(version="1", partitions=1)["channels"][NOTIFICATIONS]["bindings"]["kafka"]

    assert {"cleanup.policy": ["compact", "delete"], "retention.ms": 60 * 86_400_000} == configuration[
        "topicConfiguration"
    ]


def test_fixes_the_headers_that_never_vary() -> None:
    """Version, type and media type are constants of a message."""
    headers = document(version="1", partitions=1)["components"]["schemas"]["MetricSampleHeaders"]["properties"]

    assert {
        "ce_specversion": "1.0",
        "ce_type": "satark.metric.sample.v1",
        "content-type": "application/json",
    } == {name: value["const"] for name, value in headers.items() if "const" in value}


def test_carries_the_product_s_version() -> None:
    """Readers can tell documents apart."""
    assert "1.2.3" == document(version="1.2.3", partitions=1)["info"]["version"]


def test_the_source_is_the_producing_service() -> None:
    """Internal events have one, too."""
    assert "/satark/poller" == source(PollerCheckpoint)
    assert "/satark/poller" == headers_of(MetricSample)["ce_source"]
