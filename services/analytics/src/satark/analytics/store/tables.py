"""What is kept, as data: tables and their columns. `ddl` makes statements of it, `ingest` fills them, queries read them.

Every table that records of Kafka fill ends in `ORIGIN`: from which record a row came. It is how a repeated insert finds
what is there already. A sorting key ends in what makes a row the only one of its kind, so what producers said twice
falls together when parts are merged.
"""

from dataclasses import dataclass
from enum import StrEnum

WORD = "LowCardinality(String)"
TEXT = "String"
WORDS = "Array(String)"
NAMED = "Map(LowCardinality(String), String)"
MICROSECONDS = "DateTime64(6, 'UTC')"

_SMALL = "ZSTD(1)"
_TIMES = "DoubleDelta, ZSTD(1)"
_RISING = "Delta, ZSTD(1)"


class Kept(StrEnum):
    """What is kept for how long is said by class, not by table."""

    MESSAGES = "messages"
    OBJECTS = "objects"
    STATISTICS = "statistics"
    SAMPLES = "samples"
    BASELINES = "baselines"
    SESSIONS = "sessions"
    INCIDENTS = "incidents"
    NOTIFICATIONS = "notifications"
    GENERATORS = "generators"


class Span(StrEnum):
    """How much time a partition holds: what is dropped is dropped by partition."""

    DAY = "toYYYYMMDD"
    MONTH = "toYYYYMM"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type as ClickHouse writes it, and how it is compressed."""

    name: str
    type: str
    codec: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. `version` is the column whose highest value wins among rows with the same key; none: any of them.

    `aggregated` tables merge rows with the same key by the functions in their types. `kept` None: it stays for ever.
    `shard_by` says which rows belong on one machine of a cluster.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    kept: Kept | None = None
    span: Span | None = None
    version: str = ""
    aggregated: bool = False
    shard_by: str = "id"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def type_of(self, column: str) -> str:
        """Return a column's type. Raises KeyError for one that is not there."""
        return {each.name: each.type for each in self.columns}[column]


def _words(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, WORD) for name in names)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, TEXT, _SMALL) for name in names)


def _counts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "UInt64", "T64, ZSTD(1)") for name in names)


def _flags(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "UInt8") for name in names)


def _lists(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, WORDS, _SMALL) for name in names)


TIME = Column("time", MICROSECONDS, _TIMES)
ID = Column("id", TEXT, _SMALL)
ORIGIN = (
    Column("kafka_topic", WORD),
    Column("kafka_partition", "UInt16", _SMALL),
    Column("kafka_offset", "UInt64", _RISING),
)

MESSAGES = Table(
    name="messages",
    columns=(
        TIME,
        ID,
        *_words("source", "node_type", "module", "instance", "message_type"),
        Column("type", "UInt8"),
        Column("level", "Int16"),
        *_words("category"),
        Column("sequence_number", "UInt64", "T64, ZSTD(1)"),
        *_words("ip_address"),
        Column("pid", "UInt32"),
        *_texts("context", "entity"),
        *_words("kind"),
        *_texts("text", "body"),
        Column("fields", NAMED, _SMALL),
        Column("labels", NAMED, _SMALL),
        *_lists("objects"),
        *ORIGIN,
    ),
    key=("time", "source", "module", "message_type", "id"),
    kept=Kept.MESSAGES,
    span=Span.DAY,
)

OBJECTS = Table(
    name="objects",
    columns=(
        TIME,
        ID,
        *_words("object_table"),
        *_texts("name"),
        *_words("source", "module", "node_type", "instance", "message_type"),
        Column("type", "UInt8"),
        Column("level", "Int16"),
        *_texts("body"),
        *ORIGIN,
    ),
    key=("object_table", "name", "time", "id"),
    kept=Kept.OBJECTS,
    span=Span.DAY,
)

STATISTICS = Table(
    name="statistics",
    columns=(
        TIME,
        ID,
        *_words("stat", "source"),
        *_texts("name"),
        *_words("proxy"),
        Column("texts", NAMED, _SMALL),
        Column("integers", "Map(LowCardinality(String), Int64)", _SMALL),
        Column("doubles", "Map(LowCardinality(String), Float64)", _SMALL),
        Column("lists", "Map(LowCardinality(String), Array(String))", _SMALL),
        *ORIGIN,
    ),
    key=("stat", "source", "name", "time", "id"),
    kept=Kept.STATISTICS,
    span=Span.DAY,
)

STAT_COLUMNS = Table(
    name="stat_columns",
    columns=(
        *_words("stat", "column", "type"),
        *_flags("indexed"),
        *_lists("suffixes"),
        Column("seen", MICROSECONDS, _TIMES),
    ),
    key=("stat", "column", "type"),
    version="seen",
    shard_by="stat",
)

SAMPLES = Table(
    name="samples",
    columns=(
        *_texts("entity"),
        *_words("kind", "metric"),
        TIME,
        Column("interval_s", "UInt32", _SMALL),
        Column("value", "Float64", "Gorilla, ZSTD(1)"),
        *_flags("backfilled"),
        ID,
        *ORIGIN,
    ),
    key=("entity", "metric", "time", "id"),
    kept=Kept.SAMPLES,
    span=Span.MONTH,
    shard_by="entity",
)

ENTITIES = Table(
    name="entities",
    columns=(
        Column("entity", TEXT),
        Column("kind", "SimpleAggregateFunction(anyLast, LowCardinality(String))"),
        Column("labels", "SimpleAggregateFunction(anyLast, Map(String, String))"),
        Column("first_seen", f"SimpleAggregateFunction(min, {MICROSECONDS})"),
        Column("last_seen", f"SimpleAggregateFunction(max, {MICROSECONDS})"),
    ),
    key=("entity",),
    aggregated=True,
    shard_by="entity",
)

BASELINES = Table(
    name="baselines",
    columns=(
        *_texts("entity"),
        *_words("metric"),
        TIME,
        Column("until", MICROSECONDS, _TIMES),
        *(Column(name, "Nullable(Float64)", _SMALL) for name in ("centre", "low", "high", "limit_value")),
        Column("n", "UInt32", _SMALL),
        *_words("state", "method"),
        ID,
        *ORIGIN,
    ),
    key=("entity", "metric", "time"),
    kept=Kept.BASELINES,
    span=Span.MONTH,
    version="kafka_offset",
    shard_by="entity",
)

_TAGS = ("deployment", "tier", "application", "site")
_TRAFFIC = tuple(
    f"{direction}_{kind}_{unit}"
    for direction in ("forward", "reverse")
    for kind in ("sampled", "logged")
    for unit in ("bytes", "pkts")
)

SESSIONS = Table(
    name="sessions",
    columns=(
        TIME,
        ID,
        *_texts("generator"),
        *_words("vrouter"),
        *_texts("vrouter_ip", "vmi", "local_ip"),
        Column("server_port", "UInt16"),
        Column("protocol", "UInt8"),
        *_flags("client_session", "service_instance"),
        *_texts("security_policy_rule", "vn", "remote_vn", "prefix", "remote_prefix"),
        *_words(*_TAGS, *(f"remote_{tag}" for tag in _TAGS)),
        *_lists("labels", "custom_tags", "remote_labels", "remote_custom_tags"),
        *_counts(*_TRAFFIC),
        *_lists("flow_remote_ip"),
        Column("flow_client_port", "Array(UInt16)", _SMALL),
        Column("flow_details", "Array(Map(String, String))", _SMALL),
        *ORIGIN,
    ),
    key=("vn", "remote_vn", "time", "id"),
    kept=Kept.SESSIONS,
    span=Span.DAY,
)

_INCIDENT_STATE = (
    *_texts("entity"),
    *_words("kind", "event", "severity", "reason"),
    Column("opened_at", MICROSECONDS, _TIMES),
    Column("labels", NAMED, _SMALL),
    *_flags("historical", "flapping"),
    *_texts("body"),
)

INCIDENTS = Table(
    name="incidents",
    columns=(
        TIME,
        ID,
        *_texts("incident"),
        Column("sequence", "UInt32"),
        *_INCIDENT_STATE,
        *ORIGIN,
    ),
    key=("incident", "sequence", "id"),
    kept=Kept.INCIDENTS,
    span=Span.MONTH,
    shard_by="incident",
)

INCIDENT_GROUPS = Table(
    name="incident_groups",
    columns=(
        TIME,
        ID,
        *_texts("group_id"),
        Column("sequence", "UInt32"),
        *_INCIDENT_STATE,
        *_words("dimension"),
        *_texts("value"),
        Column("member_count", "UInt32"),
        Column("open_count", "UInt32"),
        *ORIGIN,
    ),
    key=("group_id", "sequence", "id"),
    kept=Kept.INCIDENTS,
    span=Span.MONTH,
    shard_by="group_id",
)

NOTIFICATIONS = Table(
    name="notifications",
    columns=(TIME, ID, *_texts("incident", "receiver"), *_words("channel", "outcome"), *_texts("body"), *ORIGIN),
    key=("incident", "id"),
    kept=Kept.NOTIFICATIONS,
    span=Span.MONTH,
    version="time",
    shard_by="incident",
)

GENERATORS = Table(
    name="generators",
    columns=(
        TIME,
        ID,
        *_texts("generator", "gateway"),
        *_words("state"),
        Column("session", "UInt64", _SMALL),
        *_texts("body"),
        *ORIGIN,
    ),
    key=("generator", "time", "id"),
    kept=Kept.GENERATORS,
    span=Span.MONTH,
    shard_by="generator",
)

OFFSETS = Table(
    name="offsets",
    columns=(
        Column("consumer", WORD),
        Column("kafka_topic", WORD),
        Column("kafka_partition", "UInt16"),
        Column("state", WORD),
        Column("writer", TEXT),
        Column("first", "UInt64"),
        Column("last", "UInt64"),
        Column("stamp", "Int64"),
        Column("written", MICROSECONDS),
    ),
    key=("consumer", "kafka_topic", "kafka_partition", "state", "writer"),
    version="written",
    shard_by="kafka_topic",
)

MIGRATED = Table(
    name="migrations",
    columns=(Column("number", "UInt32"), Column("name", TEXT), Column("done", MICROSECONDS)),
    key=("number",),
    version="done",
    shard_by="number",
)

TABLES = (
    MESSAGES,
    OBJECTS,
    STATISTICS,
    STAT_COLUMNS,
    SAMPLES,
    ENTITIES,
    BASELINES,
    SESSIONS,
    INCIDENTS,
    INCIDENT_GROUPS,
    NOTIFICATIONS,
    GENERATORS,
    OFFSETS,
)
BY_NAME = {table.name: table for table in (*TABLES, MIGRATED)}
