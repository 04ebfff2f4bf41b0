"""Faust's view of the contract: connection settings, and records in both directions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import faust
from faust.types.auth import CredentialsT

from satark.detector.settings import DetectorSettings
from satark.detector.transport import Transport
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import ssl_context
from satark.runtime.records import Record

APP_ID = "satark-detector"
"""Also the consumer group, and the beginning of the changelog's name in the topic table."""

STORES = {"memory": "memory://", "rocksdb": "rocksdb://"}
"""Settings to Faust's names. On disk, the driver is the one with wheels (`judging.agent`)."""

SESSION_TIMEOUT_S = 6.0
HEARTBEAT_S = 1.0
"""With these, the links of a dead worker move within about three heartbeats after its session ends."""


def credentials(settings: KafkaSettings) -> CredentialsT | None:
    """Return Faust's credentials for TLS and SASL, or None for a plain connection."""
    context = ssl_context(settings)
    if settings.sasl and settings.sasl_password is not None:
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.reveal(),
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None


def faust_app(settings: DetectorSettings, kafka: KafkaSettings, *, datadir: Path) -> faust.App:
    """Return an inert Faust app: at-least-once, no web server, no log capture, no topics of its own making."""
    app = faust.App(
        APP_ID,
        broker=[f"kafka://{broker.strip()}" for broker in kafka.brokers.split(",")],
        broker_credentials=credentials(kafka),
        broker_session_timeout=SESSION_TIMEOUT_S,
        broker_heartbeat_interval=HEARTBEAT_S,
        broker_commit_interval=settings.commit_interval_s,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_compression_type="gzip",
        store=STORES[settings.store],
        table_standby_replicas=settings.standby_replicas,
        datadir=datadir,
        topic_partitions=kafka.partitions,
        topic_replication_factor=kafka.replication_factor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.transport = Transport(app.conf.broker_consumer, app)
    return app


def bytes_schema() -> Any:
    """Return the schema of topics: keys and values as they are, so that a broken one is ours to judge."""
    return faust.Schema(key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")


def record_of(event: Any) -> Record:
    """Return a Faust event's message as the runtime's record."""
    message = event.message
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp=datetime.fromtimestamp(message.timestamp, UTC),
        key=message.key,
        value=message.value,
        headers=tuple((name, bytes(value)) for name, value in _pairs(message.headers)),
    )


def _pairs(headers: Any) -> list[tuple[str, bytes]]:
    if not headers:
        return []
    return list(headers.items()) if hasattr(headers, "items") else list(headers)
