"""Statements that make tables, for one machine or for a cluster. Names come from this program and its settings only."""

import re

from satark.analytics.store.tables import Table

DEDUPLICATION_WINDOW = 1000
"""How many blocks a table remembers, to drop one that is inserted again."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def quoted(name: str) -> str:
    """Return a name in back quotes. Raises ValueError for one with other than letters, digits, `_` and `-`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of letters, digits, _ and -")
    return f"`{name}`"


MERGE_THE_PAST = "min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1"
"""A partition into which nothing comes any more becomes one part: reading it as merged (FINAL) costs nothing then."""


def create_database(database: str, *, cluster: str = "") -> str:
    """Return the statement that makes the database."""
    return f"CREATE DATABASE IF NOT EXISTS {quoted(database)}{_on(cluster)}"


def create(table: Table, database: str, *, cluster: str = "") -> tuple[str, ...]:
    """Return the statements that make a table.

    On a cluster: a replicated table of each shard's own rows, and under the table's name one that speaks for all.
    """
    where = f"{quoted(database)}.{quoted(stored_in(table, cluster))}"
    made = f"CREATE TABLE IF NOT EXISTS {where}{_on(cluster)} ({_columns(table)}) ENGINE = {_engine(table, cluster)}"
    if table.span is not None:
        made += f" PARTITION BY {table.span}(time)"
    made += f" ORDER BY ({', '.join(quoted(name) for name in table.key)})"
    window = "replicated_deduplication_window" if cluster else "non_replicated_deduplication_window"
    made += f" SETTINGS {window} = {DEDUPLICATION_WINDOW}, {MERGE_THE_PAST}"
    return (made, _distributed(table, database, cluster)) if cluster else (made,)


def stored_in(table: Table, cluster: str) -> str:
    """Return the name of the table that holds the rows, whose partitions can be dropped."""
    return f"{table.name}_local" if cluster else table.name


def drop_partition(table: Table, database: str, partition: str, *, cluster: str = "") -> str:
    """Return the statement that drops a partition (its id, digits). Raises ValueError for what is none."""
    if not partition.isascii() or not partition.isdigit():
        raise ValueError(f"{partition!r} is no partition")
    where = f"{quoted(database)}.{quoted(stored_in(table, cluster))}"
    return f"ALTER TABLE {where}{_on(cluster)} DROP PARTITION ID '{partition}'"


def _columns(table: Table) -> str:
    return ", ".join(
        f"{quoted(column.name)} {column.type}" + (f" CODEC({column.codec})" if column.codec else "")
        for column in table.columns
    )


def _engine(table: Table, cluster: str) -> str:
    family = "AggregatingMergeTree" if table.aggregated else "ReplacingMergeTree"
    arguments = [quoted(table.version)] if table.version else []
    if cluster:
        family = f"Replicated{family}"
        arguments = [f"'/clickhouse/tables/{{shard}}/{{database}}/{table.name}'", "'{replica}'", *arguments]
    return f"{family}({', '.join(arguments)})"


def _distributed(table: Table, database: str, cluster: str) -> str:
    whole, part = quoted(table.name), quoted(stored_in(table, cluster))
    return (
        f"CREATE TABLE IF NOT EXISTS {quoted(database)}.{whole}{_on(cluster)} AS {quoted(database)}.{part}"
        f" ENGINE = Distributed({quoted(cluster)}, {quoted(database)}, {part}, cityHash64({quoted(table.shard_by)}))"
    )


def _on(cluster: str) -> str:
    return f" ON CLUSTER {quoted(cluster)}" if cluster else ""
