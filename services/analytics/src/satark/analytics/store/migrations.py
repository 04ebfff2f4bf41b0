"""What makes the store's tables, and changes them: numbered steps, each done once and repeatable if it was cut short."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from satark.analytics.store import ddl
from satark.analytics.store.statement import Reader, Statement
from satark.analytics.store.tables import MIGRATED, TABLES

log = structlog.get_logger(__name__)

Steps = Callable[[str, str], tuple[str, ...]]
"""The statements of a migration, by database and cluster."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change. Its statements may be repeated: they make what is not there."""

    number: int
    name: str
    statements: Steps


def _tables(database: str, cluster: str) -> tuple[str, ...]:
    return tuple(statement for table in TABLES for statement in ddl.create(table, database, cluster=cluster))


MIGRATIONS = (Migration(1, "the tables", _tables),)


class Changeable(Reader, Protocol):
    """A store that can be changed."""

    database: str
    cluster: str

    def tell(self, sql: str) -> None:
        """Carry out a statement."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str = "") -> None:
        """Insert rows."""
        ...


def migrate(store: Changeable, migrations: tuple[Migration, ...] = MIGRATIONS) -> tuple[int, ...]:
    """Do what has not been done; return the numbers of it. Raises StoreError.

    Two processes may do so at once: every statement may be carried out twice.
    """
    store.tell(ddl.create_database(store.database, cluster=store.cluster))
    for statement in ddl.create(MIGRATED, store.database, cluster=store.cluster):
        store.tell(statement)
    done = {number for (number,) in store.rows(Statement("SELECT number FROM migrations"))}
    todo = tuple(each for each in migrations if each.number not in done)
    for migration in todo:
        for statement in migration.statements(store.database, store.cluster):
            store.tell(statement)
        store.insert(MIGRATED.name, MIGRATED.names, [(migration.number, migration.name, datetime.now(UTC))])
        log.info("store_migrated", number=migration.number, name=migration.name, database=store.database)
    return tuple(each.number for each in todo)
