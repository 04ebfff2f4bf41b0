"""The settings of analytics."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from satark.analytics.store.address import Address, Embedded, address_of
from satark.analytics.store.ddl import quoted
from satark.analytics.store.retention import Limits, limits_of
from satark.analytics.store.tables import Kept
from satark.analytics.web.settings import WebSettings
from satark.runtime.groups import split_address
from satark.runtime.settings import Secret

KEEP = (
    "messages 30d",
    "objects 30d",
    "statistics 14d",
    "samples 13 months",
    "baselines 30d",
    "sessions 7d",
    "incidents 3 years",
    "notifications 1 year",
    "generators 90d",
)

KEY_BYTES = (16, 64)
"""How long a key of tokens may be."""


class AnalyticsSettings(WebSettings, frozen=True, kw_only=True):
    """Where history is kept and for how long, and who may ask."""

    store: Annotated[
        str,
        Meta(
            description="The store: chdb:///folder for the engine within the process, or clickhouse(s)://user@host:port/"
            "database for a server or a cluster."
        ),
    ] = "chdb:///var/lib/satark/analytics"
    store_password: Annotated[Secret | None, Meta(description="Password of the store's user.")] = None
    database: Annotated[
        str, Meta(description="Database of the store; default: the one in the URL, else satark.", max_length=64)
    ] = ""
    cluster: Annotated[
        str,
        Meta(
            description="Name of the ClickHouse cluster over which tables are replicated and distributed. Empty: none.",
            max_length=64,
        ),
    ] = ""
    keep: Annotated[
        tuple[str, ...],
        Meta(
            description="How long and how much of each class is kept, comma separated: messages 30d 50GB, samples 13 months,"
            " incidents forever. A class that is not named is kept as by default.",
            max_length=20,
        ),
    ] = KEEP
    keep_check_s: Annotated[
        float, Meta(description="Seconds between two looks at what is too old or too much.", gt=0, le=86_400)
    ] = 600.0
    shed: Annotated[
        bool,
        Meta(
            description="Leave out sessions and messages of little severity while the store's disk is 70, 80 or 90 % full, as"
            " Contrail does. false: nothing is left out, and inserts wait for room."
        ),
    ] = False
    batch_rows: Annotated[
        int, Meta(description="Rows that are inserted together, at most about.", ge=1, le=1_000_000)
    ] = 50_000
    batch_bytes: Annotated[
        int, Meta(description="Bytes of records that are held for one insert, at most about.", ge=1_000_000)
    ] = 32_000_000
    batch_wait_s: Annotated[
        float, Meta(description="Longest time that a record waits for others to be inserted with.", gt=0, le=60)
    ] = 1.0
    object_memory_bytes: Annotated[
        int, Meta(description="Memory for objects and their shares; what is over it is left out.", ge=10_000_000)
    ] = 4_000_000_000
    alarm_token_key: Annotated[
        Secret | None,
        Meta(
            description="Key of the alarms' tokens, 16 to 64 bytes; processes with the same take each other's. Without it each"
            " process has its own, until it ends."
        ),
    ] = None
    streams: Annotated[int, Meta(description="Streams that may be open at once.", ge=1, le=10_000)] = 500
    stream_heartbeat_s: Annotated[
        float, Meta(description="Seconds after which a stream without events shows that it is alive.", gt=0, le=600)
    ] = 15.0
    stream_memory_bytes: Annotated[
        int,
        Meta(
            description="Memory for what happened last, of objects and of incidents each, for readers who were cut off.",
            ge=1_000_000,
        ),
    ] = 64_000_000
    queries: Annotated[int, Meta(description="Queries that may wait and run at once.", ge=1, le=1000)] = 32
    query_rows: Annotated[int, Meta(description="Rows that the answer to a query may have.", ge=1, le=100_000_000)] = (
        2_500_000
    )
    query_timeout_s: Annotated[int, Meta(description="Seconds that the store may take for a query.", ge=1, le=3600)] = (
        60
    )
    query_answer_bytes: Annotated[int, Meta(description="Bytes that the answer to a query may have.", ge=10_000)] = (
        500_000_000
    )
    query_kept_bytes: Annotated[
        int,
        Meta(description="Bytes of answers that are kept to be fetched, on disk; the oldest goes first.", ge=10_000),
    ] = 2_000_000_000
    check_ops: Annotated[
        tuple[str, ...],
        Meta(
            description="Ops ports of the services, host:port, that /v1/pipeline and the console's page Pipeline ask how they"
            " are and what they dropped. Of others it says what Kafka tells.",
            max_length=64,
        ),
    ] = ()
    query_folder: Annotated[
        str,
        Meta(
            description="Folder where answers lie, in files without a name. Empty: the system's for temporary files.",
            max_length=4096,
        ),
    ] = ""

    @property
    def address(self) -> Address:
        """Where the store is. Raises ValueError."""
        return address_of(self.store)

    @property
    def limits(self) -> Mapping[Kept, Limits]:
        """The limits of every class. Raises ValueError."""
        return {**limits_of(KEEP), **limits_of(self.keep)}

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        yield from self._store_mistakes()
        least, most = KEY_BYTES
        if self.alarm_token_key and not least <= len(self.alarm_token_key.reveal().encode()) <= most:
            yield f"ALARM_TOKEN_KEY must have between {least} and {most} bytes"
        yield from self.web_mistakes()
        for address in self.check_ops:
            if not all(split_address(address)):
                yield f"CHECK_OPS: {address!r} is not host:port"
        try:
            limits = self.limits
        except ValueError as error:
            yield f"KEEP: {error}"
            return
        for kept, limit in limits.items():
            if limit.age is not None and limit.age < timedelta(hours=1):
                yield f"KEEP: {kept.value} for less than an hour is not kept at all"

    def _store_mistakes(self) -> Iterable[str]:
        try:
            address = self.address
        except ValueError as error:
            yield f"STORE {error}"
            return
        if isinstance(address, Embedded):
            if self.cluster:
                yield "CLUSTER has no use with an embedded store"
            if self.store_password:
                yield "STORE_PASSWORD has no use with an embedded store"
        for name, value in (("DATABASE", self.database), ("CLUSTER", self.cluster)):
            try:
                quoted(value or "none")
            except ValueError as error:
                yield f"{name}: {error}"
