"""The store's shell: opens the embedded engine or a server's HTTP interface, asks and writes. Safe in many threads.

Construction opens nothing. The embedded engine takes one folder per process and one process per folder; a handle on it
does one thing at a time, so there is a pool of them, for the server too.
"""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from satark.analytics.store.address import DEFAULT_DATABASE, Address, Embedded
from satark.analytics.store.failures import BAD_VALUE, failure
from satark.analytics.store.handles import Handles
from satark.analytics.store.statement import Row, Statement, StoreError
from satark.analytics.store.tables import BY_NAME, Table
from satark.runtime.settings import Secret

ENGINE = Path(__file__).with_name("engine.xml")
"""How the embedded engine is configured."""

MAX_HANDLES = 8
CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 300

INSERT_SETTINGS: Mapping[str, Any] = {
    # An insert is done when it is answered: what waits in the server's memory dies with it.
    "async_insert": 0,
    # Late data of many days comes in one block; how old a row may be is bounded before.
    "max_partitions_per_insert_block": 0,
    # All or nothing of each partition: one insert is one block, and what it has of a partition is one part.
    "max_insert_threads": 1,
    "min_insert_block_size_rows": 100_000_000,
    "min_insert_block_size_bytes": 4_000_000_000,
}
CLUSTER_INSERT_SETTINGS: Mapping[str, Any] = {"distributed_foreground_insert": 1}


class Store:
    """A store. `database` empty: the URL's, else `satark`. Every call blocks and raises StoreError.

    `open` makes nothing: `migrations.migrate` does.
    """

    def __init__(
        self,
        address: Address,
        *,
        password: Secret | None = None,
        database: str = "",
        cluster: str = "",
        most_handles: int = MAX_HANDLES,
    ) -> None:
        named = "" if isinstance(address, Embedded) else address.database
        self.database = database or named or DEFAULT_DATABASE
        self.cluster = cluster
        self._address = address
        self._password = password
        self._handles = Handles(self._opened, most=most_handles)

    def rows(self, statement: Statement) -> list[Row]:
        """Return all rows. Raises StoreError."""
        with self._handles.one() as handle, _failures():
            answer = handle.query(statement.sql, parameters=dict(statement.parameters))
            return [tuple(row) for row in answer.result_rows]

    def blocks(self, statement: Statement) -> Iterator[Sequence[Row]]:
        """Return the rows block by block, as they come; memory does not grow with their number. Raises StoreError."""
        with self._handles.one() as handle, _failures():
            stream = handle.query_row_block_stream(statement.sql, parameters=dict(statement.parameters))
            with stream as blocks:
                yield from blocks

    def tell(self, sql: str) -> None:
        """Carry out a statement that has no answer and nothing from outside in it. Raises StoreError."""
        with self._handles.one() as handle, _failures():
            handle.command(sql, use_database=False)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str = "") -> None:
        """Insert rows. With a token that was used before, the table drops what came with it. Raises StoreError."""
        if rows:
            self.insert_columns(table, columns, list(zip(*rows, strict=True)), token)

    def insert_columns(
        self, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]], token: str = ""
    ) -> None:
        """Insert rows that are given column by column; times are datetimes or microseconds since 1970.

        Raises StoreError.
        """
        if not values or not values[0]:
            return
        settings = dict(INSERT_SETTINGS)
        if self.cluster:
            settings |= CLUSTER_INSERT_SETTINGS
        if token:
            settings["insert_deduplication_token"] = token
        with self._handles.one() as handle, _failures(), _bad_values():
            handle.insert(
                table,
                values,
                column_names=list(columns),
                column_type_names=_types(BY_NAME[table], columns),
                column_oriented=True,
                database=self.database,
                settings=settings,
            )

    def close(self) -> None:
        """Give the engine, or the connections, back."""
        self._handles.close()

    def _opened(self) -> Any:
        import clickhouse_connect  # noqa: PLC0415 - half a second, and `satark --help` imports every command

        common: dict[str, Any] = {"tz_mode": "aware", "show_clickhouse_errors": "scrub"}
        with _failures():
            if isinstance(self._address, Embedded):
                handle = clickhouse_connect.get_client(
                    interface="chdb", path=self._address.path, chdb_options={"config-file": str(ENGINE)}, **common
                )
            else:
                handle = clickhouse_connect.get_client(
                    interface="https" if self._address.tls else "http",
                    host=self._address.host,
                    port=self._address.port,
                    username=self._address.user,
                    password=self._password.reveal() if self._password else "",
                    connect_timeout=CONNECT_TIMEOUT_S,
                    send_receive_timeout=ANSWER_TIMEOUT_S,
                    query_retries=0,
                    autogenerate_session_id=False,
                    **common,
                )
        handle.database = self.database
        return handle


def _types(table: Table, columns: Sequence[str]) -> list[str]:
    return [_plain(table.type_of(column)) for column in columns]


def _plain(type_name: str) -> str:
    """Return the type that values of an aggregated column are given in."""
    aggregated = re.fullmatch(r"SimpleAggregateFunction\(\w+, (.*)\)", type_name)
    return aggregated.group(1) if aggregated else type_name


@contextmanager
def _bad_values() -> Iterator[None]:
    """Turn what the client says of values that are none of their columns' types into a StoreError."""
    from clickhouse_connect.driver.exceptions import DataError  # noqa: PLC0415 - see `_opened`

    try:
        yield
    except (DataError, ValueError, TypeError, OverflowError, struct.error) as error:
        raise StoreError(BAD_VALUE, str(error) or type(error).__name__) from None


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what the client raises into a StoreError."""
    from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError  # noqa: PLC0415 - see `_opened`

    try:
        yield
    except StoreError:
        raise
    except (ClickHouseError, OSError, RuntimeError) as error:
        raise failure(error, in_transit=isinstance(error, OperationalError | OSError)) from None
