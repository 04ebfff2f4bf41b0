"""Faust's view of the contract: connection settings, and records in both directions."""

from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import faust
from faust.tables import TableManager
from faust.types.auth import CredentialsT

from satark.detector.chunks import ChunkScheduler, ChunkSchema, Limit
from satark.detector.partitions import ALL, Assignor, Partitions
from satark.detector.settings import DetectorSettings
from satark.detector.transport import Transport
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import REQUEST_TIMEOUT_MS, ssl_context
from satark.runtime.records import Record
from satark.runtime.settings import SettingsError
from satark.schemas.topics import ALARM_COMMANDS, DETECTOR_CHANGELOG, METRICS, UVE_CHANGELOG, UVES

APP_ID = "satark-detector"
"""Also the consumer group, and the beginning of the changelog's name in the topic table."""

STORES = {"memory": "memory://", "rocksdb": "rocksdb://"}
"""Settings to Faust's names. On disk, the driver is the one with wheels (`judging.tables`)."""

NO_ROCKSDB = "SATARK_DETECTOR_STORE: rocksdb needs the extra satark-detector[rocksdb], which is not installed"

SESSION_TIMEOUT_S = 6.0
HEARTBEAT_S = 1.0
"""With these, the links of a dead worker move within about three heartbeats after its session ends."""

CHUNK_RECORDS = 1000
CHUNK_BYTES = 1 << 20
CHUNKS_WAITING = 16
"""Samples and shares come in chunks (`chunks`). So many of them wait at most, which bounds memory."""

CHANGELOG_CHUNK = Limit(records=1000, value_bytes=1 << 16)
"""Faust puts the changelogs of all tables into one queue, of 4096 messages: with chunks of this size, 256 MiB at most."""

MAX_BATCH_BYTES = 1 << 19
"""Half of what Kafka takes by default: rows of a table travel in batches of this size."""


class Tables(TableManager):
    """Starts at once. Faust waits a second for tables that are made late; ours are made before the app starts."""

    async def on_start(self) -> None:
        """Read changelogs as soon as partitions are assigned."""
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()


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


def faust_app(
    settings: DetectorSettings, kafka: KafkaSettings, *, datadir: Path, partitions: Partitions = ALL
) -> faust.App:
    """Return an inert Faust app: at-least-once, no web server, no log capture, no topics of its own making.

    Raises SettingsError for a store that is not installed.
    """
    if settings.store == "rocksdb" and find_spec("rocksdict") is None:
        raise SettingsError([NO_ROCKSDB])
    app = faust.App(
        APP_ID,
        broker=[f"kafka://{broker.strip()}" for broker in kafka.brokers.split(",")],
        broker_credentials=credentials(kafka),
        # Faust's own 90 s would be waited for at a broker that fell silent without closing its connections.
        broker_request_timeout=REQUEST_TIMEOUT_MS / 1000,
        broker_session_timeout=SESSION_TIMEOUT_S,
        broker_heartbeat_interval=HEARTBEAT_S,
        broker_commit_interval=settings.commit_interval_s,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        # Python's gzip of a state costs more than judging its sample.
        producer_compression_type=None,
        producer_max_batch_size=MAX_BATCH_BYTES,
        TableManager=Tables,
        PartitionAssignor=partial(Assignor, partitions.limits),
        ConsumerScheduler=partial(ChunkScheduler, _limits(settings)),
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


def _limits(settings: DetectorSettings) -> dict[str, Limit]:
    samples = Limit(records=chunk_records(settings), value_bytes=CHUNK_BYTES)
    shares = Limit(records=CHUNK_RECORDS, value_bytes=CHUNK_BYTES)
    changelogs = dict.fromkeys((DETECTOR_CHANGELOG, UVE_CHANGELOG), CHANGELOG_CHUNK)
    return {METRICS: samples, UVES: shares, ALARM_COMMANDS: shares, **changelogs}


def chunk_records(settings: DetectorSettings) -> int:
    """Return how many samples a chunk holds at most: a quarter of what is judged together, so that partitions are mixed.

    Several chunks of one partition hold several samples of each of its links, which are judged in turns: the fewer links in a
    turn, the more each costs.
    """
    return max(1, min(CHUNK_RECORDS, settings.batch // 4))


def in_chunks(app: faust.App, *topics: str) -> Any:
    """Return topics whose messages are chunks (`chunks.IN_CHUNKS`), to be read as one."""
    return app.topic(*topics, schema=ChunkSchema(), maxsize=CHUNKS_WAITING)


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


def record_in(raw: Any) -> Record:
    """Return one record of a chunk, which is as the client gave it, as the runtime's record."""
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        timestamp=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
        key=raw.key,
        value=raw.value,
        headers=tuple((name, bytes(value)) for name, value in raw.headers),
    )


def _pairs(headers: Any) -> list[tuple[str, bytes]]:
    if not headers:
        return []
    return list(headers.items()) if hasattr(headers, "items") else list(headers)
